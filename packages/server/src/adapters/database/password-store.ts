import type { PasswordStore } from "#core/passwords/password-store.js";
import { affected, type StoreContext } from "./store-context.js";

export const passwordStore = (context: StoreContext): PasswordStore => {
  const { db, realmId } = context;
  return {
    set: (accountId, hash, at) =>
      context.atomically(async ({ db: executor, dialect }) => {
        // The account's row first: a sign-in that writes there waits, and then sees the change.
        await executor
          .updateTable("account")
          .set({ password_changed_at: at })
          .where("realm_id", "=", realmId)
          .where("account_id", "=", accountId)
          .execute();
        const insert = executor
          .insertInto("password")
          .values({ realm_id: realmId, account_id: accountId, hash, set_at: at });
        const change = { hash, set_at: at };
        await (dialect.upsert === "on-conflict"
          ? insert.onConflict((conflict) => conflict.columns(["realm_id", "account_id"]).doUpdateSet(change))
          : insert.onDuplicateKeyUpdate(change)
        ).execute();
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
