import type { Selectable } from "kysely";
import type { FailureRecord, FailureStore } from "#core/failures/failure-store.js";
import { orUndefined, type StoreContext } from "./store-context.js";
import type { FailureRecordTable } from "./tables.js";
import { purgeRows } from "./purge-rows.js";

/** One statement's rows; the engines bound its parameters. */
const rowsAtOnce = 200;

export const failureStore = (context: StoreContext): FailureStore => {
  const { db, realmId } = context;
  return {
    async append(records) {
      const rows = records.map((record) => ({
        realm_id: realmId,
        request_id: record.requestId,
        at: record.at,
        expires_at: record.expiresAt,
        mount: record.mount,
        method: record.method,
        route: record.route,
        status: record.status,
        told: record.told,
        reason: record.reason,
        details: record.details,
        account_id: record.accountId ?? null,
        address: record.address,
        node: record.node,
      }));
      const write = async ({ db: executor, dialect }: StoreContext, from: number): Promise<void> => {
        const insert = executor.insertInto("failure_record").values(rows.slice(from, from + rowsAtOnce));
        await (dialect.upsert === "on-conflict"
          ? insert.onConflict((conflict) => conflict.columns(["realm_id", "request_id"]).doNothing())
          : insert.onDuplicateKeyUpdate({ realm_id: realmId })
        ).execute();
      };
      if (rows.length === 0) return;
      if (rows.length <= rowsAtOnce) {
        await write(context, 0);
        return;
      }
      await context.atomically(async (bound) => {
        for (let from = 0; from < rows.length; from += rowsAtOnce) await write(bound, from);
      });
    },
    async find(requestId, now) {
      const row = await db
        .selectFrom("failure_record")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("request_id", "=", requestId)
        .where("expires_at", ">", now)
        .executeTakeFirst();
      return row && recordOf(row);
    },
    async listOf(accountId) {
      const rows = await db
        .selectFrom("failure_record")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .orderBy("at", "desc")
        .execute();
      return rows.map(recordOf);
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "failure_record", key: "request_id", at: "expires_at", before, limit }),
  };
};

const recordOf = (row: Selectable<FailureRecordTable>): FailureRecord => ({
  requestId: row.request_id,
  at: row.at,
  expiresAt: row.expires_at,
  mount: row.mount,
  method: row.method,
  route: row.route,
  status: row.status,
  told: row.told,
  reason: row.reason,
  details: row.details,
  accountId: orUndefined(row.account_id),
  address: row.address,
  node: row.node,
});
