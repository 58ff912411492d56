import { Migrator, sql } from "kysely";
import type { OpenedEngine } from "./engines/engine.js";
import { steps } from "./migrations/all.js";
import { migrationOf } from "./migrations/schema.js";

/** Which steps a database has seen. */
export interface SchemaState {
  readonly applied: readonly string[];
  /** Steps of this version that have not run yet, in order. */
  readonly pending: readonly string[];
  /** Steps that a newer version ran. */
  readonly unknown: readonly string[];
}

/** The database was migrated by a newer version, whose schema this one does not know. */
class NewerSchema extends Error {
  override readonly name = "NewerSchema";

  constructor(unknown: readonly string[]) {
    super(
      `the database has migrations that this version does not know: ${unknown.join(", ")}; run the version that made them, or a newer one`,
    );
  }
}

/**
 * Runs the pending steps and returns their names. Two nodes at once are safe: one waits for the other. Killed midway, it is run again.
 * Throws `NewerSchema`.
 */
export const migrate = async (engine: OpenedEngine): Promise<readonly string[]> => {
  const { pending, unknown } = await schemaState(engine);
  if (unknown.length > 0) throw new NewerSchema(unknown);
  if (pending.length === 0) return [];
  const db = await engine.openForMigrations();
  try {
    const types = engine.dialect.columns;
    const migrations = Object.fromEntries(
      Object.entries(steps).map(([name, step]) => [name, migrationOf(step, types)]),
    );
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) throw error instanceof Error ? error : new Error("a migration failed", { cause: error });
    return (results ?? []).filter(({ status }) => status === "Success").map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
};

/** Reads which steps the database has seen; a database without any is empty. */
export const schemaState = async (engine: OpenedEngine): Promise<SchemaState> => {
  const tables = await engine.db.introspection.getTables({ withInternalKyselyTables: true });
  const rows = tables.some(({ name }) => name === "kysely_migration")
    ? (await sql<{ name: string }>`${sql.raw("select name from kysely_migration")}`.execute(engine.db)).rows
    : [];
  const applied = rows.map(({ name }) => name).sort();
  const known = Object.keys(steps).sort();
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
};
