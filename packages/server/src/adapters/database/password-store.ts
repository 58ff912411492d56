import type { PasswordStore } from "#core/passwords/password-store.js";
import { upsertRow } from "./insert-row.js";
import { affected, type StoreContext } from "./store-context.js";

export const passwordStore = (context: StoreContext): PasswordStore => {
  const { db, realmId } = context;
  return {
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
