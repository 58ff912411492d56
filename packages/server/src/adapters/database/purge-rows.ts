import { type RawBuilder, sql } from "kysely";
import { changed } from "./prepared.js";
import type { StoreContext } from "./store-context.js";
import type { Tables } from "./tables.js";

/** Rows of one realm whose time is over. */
export interface OldRows {
  readonly table: keyof Tables;
  /** The column by which a row is known within its realm. */
  readonly key: string;
  /** The column of the time that is compared. */
  readonly at: string;
  /** At or before it a row is old. */
  readonly before: number;
  readonly limit: number;
  /** What else has to hold. */
  readonly only?: RawBuilder<unknown>;
}

/** Drops at most `limit` old rows, and how many: found first, since no engine bounds a delete as the others do, and looked at again. */
export const purgeRows = async (
  { db, realmId }: Pick<StoreContext, "db" | "realmId">,
  rows: OldRows,
): Promise<number> => {
  const { table, key, at, before, limit, only = sql`1 = 1` } = rows;
  const isOld = sql`realm_id = ${realmId} and ${sql.ref(at)} <= ${before} and ${only}`;
  const found = await sql<{ readonly id: string }>`
    select ${sql.ref(key)} as id from ${sql.table(table)} where ${isOld} limit ${limit}`.execute(db);
  if (found.rows.length === 0) return 0;
  const ids = sql.join(found.rows.map(({ id }) => id));
  return changed(await sql`delete from ${sql.table(table)} where ${isOld} and ${sql.ref(key)} in (${ids})`.execute(db));
};
