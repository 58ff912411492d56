import type { PasswordStore } from "#core/passwords/password-store.js";
import { upsertRow } from "./insert-row.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";

export const passwordStore = (context: StoreContext): PasswordStore => {
  const { db, realmId } = context;
  return {
    async find(accountId) {
      const row = await db
        .selectFrom("account")
        .leftJoin("password", (join) =>
          join
            .onRef("password.realm_id", "=", "account.realm_id")
            .onRef("password.account_id", "=", "account.account_id"),
        )
        .select(["hash", "password_changed_at"])
        .where("account.realm_id", "=", realmId)
        .where("account.account_id", "=", accountId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return { hash: orUndefined(row.hash), changedAt: orUndefined(row.password_changed_at) };
    },
    set: (accountId, hash, at) =>
      context.atomically(async (bound) => {
        // The account's row first: a sign-in that writes there waits, and then sees the change.
        await bound.db
          .updateTable("account")
          .set({ password_changed_at: at })
          .where("realm_id", "=", realmId)
          .where("account_id", "=", accountId)
          .execute();
        const row = { realm_id: realmId, account_id: accountId, hash, set_at: at };
        await upsertRow(bound, "password", ["realm_id", "account_id"], row);
      }),
    async upgrade(accountId, from, to) {
      const results = await db
        .updateTable("password")
        .set({ hash: to })
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .where("hash", "=", from)
        .execute();
      return affected(results) === 1;
    },
  };
};
