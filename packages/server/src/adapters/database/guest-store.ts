import type { GuestStore } from "#core/guests/guest-store.js";
import type { AccountId } from "#core/ids.js";
import { insertRow } from "./insert-row.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";

export const guestStore = (context: StoreContext): GuestStore => {
  const { db, realmId } = context;
  const removal = (accountId: AccountId) =>
    db.deleteFrom("guest").where("realm_id", "=", realmId).where("account_id", "=", accountId);
  return {
    async insert({ accountId, secretHash, seenAt }) {
      await insertRow(context, "guest", {
        realm_id: realmId,
        account_id: accountId,
        secret_hash: secretHash ?? null,
        seen_at: seenAt,
      });
    },
    async find(accountId) {
      const row = await db
        .selectFrom("guest")
        .select(["secret_hash", "seen_at"])
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .executeTakeFirst();
      return row && { accountId, secretHash: orUndefined(row.secret_hash), seenAt: row.seen_at };
    },
    async touch(accountId, at) {
      const results = await db
        .updateTable("guest")
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .set((row) => ({
          seen_at: row.case().when("seen_at", ">", at).then(row.ref("seen_at")).else(row.val(at)).end(),
        }))
        .execute();
      return affected(results) === 1;
    },
    async remove(accountId) {
      return affected(await removal(accountId).execute()) === 1;
    },
    async removeIdle(accountId, before) {
      return affected(await removal(accountId).where("seen_at", "<=", before).execute()) === 1;
    },
    async findIdle(before, limit) {
      const rows = await db
        .selectFrom("guest")
        .innerJoin("account", (join) =>
          join.onRef("account.realm_id", "=", "guest.realm_id").onRef("account.account_id", "=", "guest.account_id"),
        )
        .select("guest.account_id")
        .where("guest.realm_id", "=", realmId)
        .where("guest.seen_at", "<=", before)
        .where("account.status", "<>", "deleted")
        .where((row) =>
          row.not(
            row.exists(
              row
                .selectFrom("session")
                .select("session.session_id")
                .whereRef("session.realm_id", "=", "guest.realm_id")
                .whereRef("session.account_id", "=", "guest.account_id")
                .where("session.ended_at", "is", null)
                .where("session.last_used_at", ">", before),
            ),
          ),
        )
        .orderBy("guest.seen_at")
        .limit(limit)
        .execute();
      // Written by `insert`, from an `AccountId`.
      return rows.map(({ account_id }) => account_id as AccountId);
    },
  };
};
