import { sql } from "kysely";
import type { Instant } from "#core/ids.js";
import type { EngineName, OpenedEngine } from "./engines/engine.js";

/** The time by the database's own clock: only for comparing clocks, never for anything that is kept. */
export const readClock = async ({ name, db }: OpenedEngine): Promise<Instant> => {
  const { rows } = await sql<{ now: unknown }>`select ${sql.raw(now[name])} as now`.execute(db);
  return Number(rows[0]?.now);
};

/** Milliseconds since 1970, of now and not of the transaction's beginning. */
const now: Readonly<Record<EngineName, string>> = {
  sqlite: "(julianday('now') - 2440587.5) * 86400000",
  postgres: "extract(epoch from clock_timestamp()) * 1000",
  mariadb: "unix_timestamp(sysdate(3)) * 1000",
};
