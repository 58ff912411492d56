import { sql, type CompiledQuery, type Insertable, type QueryResult } from "kysely";
import type { DialectTraits } from "./engines/engine.js";
import { isUniqueViolation } from "./engines/statement-fault.js";
import { changed } from "./prepared.js";
import type { StoreContext } from "./store-context.js";
import type { Tables } from "./tables.js";

const inserts = new WeakMap<DialectTraits, Map<string, CompiledQuery>>();

/** Inserts one row; with `unlessTaken` nothing happens, on engines that can say so, when a unique index forbids it. */
export const insertRow = <Name extends keyof Tables>(
  { db, dialect }: Pick<StoreContext, "db" | "dialect">,
  table: Name,
  row: Insertable<Tables[Name]>,
  unlessTaken: "unless taken" | "always" = "always",
): Promise<QueryResult<unknown>> => {
  const columns = Object.keys(row);
  const key = `${table} ${unlessTaken} ${columns.join()}`;
  const known = inserts.get(dialect) ?? new Map<string, CompiledQuery>();
  inserts.set(dialect, known);
  let compiled = known.get(key);
  if (compiled === undefined) {
    const insert = db.insertInto(table).values(row);
    compiled = (unlessTaken === "always" ? insert : insert.onConflict((conflict) => conflict.doNothing())).compile();
    known.set(key, compiled);
  }
  return db.executeQuery({ ...compiled, parameters: Object.values(row) });
};

/** Inserts one row, or overwrites the columns that it names in the row with the same `key`. */
export const upsertRow = async <Name extends keyof Tables>(
  { db, dialect }: Pick<StoreContext, "db" | "dialect">,
  table: Name,
  key: readonly (keyof Tables[Name] & string)[],
  row: Insertable<Tables[Name]>,
): Promise<void> => {
  const columns = Object.keys(row);
  const known = upserts.get(dialect) ?? new Map<string, CompiledQuery>();
  upserts.set(dialect, known);
  const name = `${table} ${columns.join()}`;
  let compiled = known.get(name);
  if (compiled === undefined) {
    const names = sql.join(columns.map((column) => sql.ref(column)));
    const values = sql.join(Object.values(row));
    const changes = columns.filter((column) => !key.some((part) => part === column));
    const otherwise = sql.raw(overwriting(dialect, key, changes));
    compiled = sql`insert into ${sql.table(table)} (${names}) values (${values}) ${otherwise}`.compile(db);
    known.set(name, compiled);
  }
  await db.executeQuery({ ...compiled, parameters: Object.values(row) });
};

const upserts = new WeakMap<DialectTraits, Map<string, CompiledQuery>>();

const overwriting = ({ upsert }: DialectTraits, key: readonly string[], changes: readonly string[]): string =>
  upsert === "on-conflict"
    ? `on conflict (${key.join(", ")}) do update set ${changes.map((column) => `${column} = excluded.${column}`).join(", ")}`
    : `on duplicate key update ${changes.map((column) => `${column} = values(${column})`).join(", ")}`;

/** Inserts the row unless a unique index forbids it; whether it did. Spoils no transaction. */
export const insertIfAbsent = async <Name extends keyof Tables>(
  context: StoreContext,
  table: Name,
  row: Insertable<Tables[Name]>,
): Promise<boolean> => {
  if (context.dialect.upsert === "on-conflict")
    return changed(await insertRow(context, table, row, "unless taken")) === 1;
  // INSERT IGNORE would also cut values that are too long.
  return trueUnlessTaken(() => insertRow(context, table, row));
};

/** Runs a statement that a unique index may forbid; whether it was allowed. Spoils no transaction. */
export const trueUnlessTaken = async (statement: () => Promise<unknown>): Promise<boolean> => {
  try {
    await statement();
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
};
