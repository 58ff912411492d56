import type { Row, SqliteFailure } from "./sqlite-messages.js";

type Sqlite = typeof import("@photostructure/sqlite");
type Database = InstanceType<Sqlite["DatabaseSync"]>;

const hasBuiltIn = Number(process.versions.node.split(".")[0]) >= 24;
const moduleName: string = hasBuiltIn ? "node:sqlite" : "@photostructure/sqlite";
// Both have the same API, and only the package ships types that also compile on Node 20.
const { DatabaseSync } = (await import(moduleName)) as Sqlite;

const statementsKept = 300;

interface Prepared {
  readonly isReader: boolean;
  readonly statement: ReturnType<Database["prepare"]>;
}

/** One connection to the file, with the statements it prepared. Blocks its thread while it works. */
export class SqliteFile {
  readonly #database: Database;
  readonly #prepared = new Map<string, Prepared>();

  constructor(path: string, options: { readonly readOnly: boolean; readonly busyIn: number }) {
    this.#database = new DatabaseSync(path, { readOnly: options.readOnly, timeout: options.busyIn });
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** For fixed statements without parameters. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  run(sql: string, parameters: readonly unknown[]): { readonly rows: readonly Row[]; readonly changes: number } {
    const { isReader, statement } = this.#prepare(sql);
    // Kysely's parameters are what our stores passed: numbers, texts and nulls, which the driver checks again.
    const values = parameters as Parameters<typeof statement.run>;
    if (isReader) return { rows: statement.all(...values) as readonly Row[], changes: 0 };
    return { rows: [], changes: Number(statement.run(...values).changes) };
  }

  close(): void {
    this.#prepared.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { isReader: statement.columns().length > 0, statement };
    if (this.#prepared.size >= statementsKept) {
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** What failed, in a form that crosses threads. SQLite's messages name tables and columns, never values. */
export const sqliteFailure = (error: unknown): SqliteFailure => {
  if (!(error instanceof Error)) return { code: 0, message: String(error) };
  const code = "errcode" in error && typeof error.errcode === "number" ? error.errcode : 0;
  return { code, message: error.message };
};
