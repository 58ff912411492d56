import type { ProfileStore } from "#core/accounts/profile-store.js";
import { emptyProfile } from "#core/accounts/profile.js";
import { upsertRow } from "./insert-row.js";
import { orUndefined, type StoreContext } from "./store-context.js";

export const profileStore = (context: StoreContext): ProfileStore => {
  const { db, realmId } = context;
  return {
    async find(accountId) {
      const row = await db
        .selectFrom("profile")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .executeTakeFirst();
      if (row === undefined) return emptyProfile;
      return {
        fullname: orUndefined(row.fullname),
        phone: orUndefined(row.phone),
        avatarUrl: orUndefined(row.avatar_url),
        birthDate: orUndefined(row.birth_date),
        firstName: orUndefined(row.first_name),
        lastName: orUndefined(row.last_name),
        gender: orUndefined(row.gender),
        custom: orUndefined(row.custom),
      };
    },
    async change(accountId, change) {
      const { fullname, phone, avatarUrl, birthDate, firstName, lastName, gender, custom } = change;
      const named = {
        ...(fullname === undefined ? {} : { fullname }),
        ...(phone === undefined ? {} : { phone }),
        ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
        ...(birthDate === undefined ? {} : { birth_date: birthDate }),
        ...(firstName === undefined ? {} : { first_name: firstName }),
        ...(lastName === undefined ? {} : { last_name: lastName }),
        ...(gender === undefined ? {} : { gender }),
        ...(custom === undefined ? {} : { custom }),
      };
      if (Object.keys(named).length === 0) return;
      await upsertRow(context, "profile", ["realm_id", "account_id"], {
        realm_id: realmId,
        account_id: accountId,
        ...named,
      });
    },
  };
};
