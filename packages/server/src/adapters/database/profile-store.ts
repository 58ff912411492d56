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
        .select(["fullname", "phone", "avatar_url", "birth_date"])
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .executeTakeFirst();
      if (row === undefined) return emptyProfile;
      return {
        fullname: orUndefined(row.fullname),
        phone: orUndefined(row.phone),
        avatarUrl: orUndefined(row.avatar_url),
        birthDate: orUndefined(row.birth_date),
      };
    },
    async change(accountId, { fullname, phone, avatarUrl, birthDate }) {
      const named = {
        ...(fullname === undefined ? {} : { fullname }),
        ...(phone === undefined ? {} : { phone }),
        ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
        ...(birthDate === undefined ? {} : { birth_date: birthDate }),
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
