import {
  type CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";
import { Refusal } from "#core/refusal.js";
import { StoreHealth } from "../store-health.js";
import type { Tables } from "../tables.js";
import {
  DatabaseFileRefused,
  DurabilityRefused,
  type DialectTraits,
  type Engine,
  type OpenedEngine,
} from "./engine.js";
import { SqliteFile, sqliteFailure } from "./sqlite-file.js";
import { busyCode, primaryCode, type Row, type SqliteFailure } from "./sqlite-messages.js";
import { SqliteWriter, WriterFailed } from "./sqlite-writer.js";
import { CommitOutcomeUnknown, StatementFault, type FaultKind } from "./statement-fault.js";

/** The embedded engine: a writer on its own thread, a reader beside it in the main thread. */
export const sqlite: Engine = {
  name: "sqlite",
  async open({ address: path }) {
    const opened = await openFile(path, { busyIn: 2000, waitIn: 2000 });
    return {
      name: "sqlite",
      dialect: traits,
      db: opened.db,
      health: opened.health,
      openForMigrations: async () => (await openFile(path, { busyIn: 60_000, waitIn: 120_000 })).db,
      async checkDurability() {
        const { journalMode, synchronous } = await opened.writer.greeting();
        if (journalMode !== "wal")
          throw new DurabilityRefused({ name: "journal_mode", value: journalMode, needed: "wal" });
        if (synchronous < 2) {
          throw new DurabilityRefused({ name: "synchronous", value: String(synchronous), needed: "2 (full)" });
        }
      },
      // Not by Kysely, which closes nothing when it was never asked anything.
      close: opened.close,
    } satisfies OpenedEngine;
  },
};

const traits: DialectTraits = {
  upsert: "on-conflict",
  failureSpoilsTransaction: false,
  prefersPackedRows: true,
  columns: {
    text: () => "text",
    longText: "text",
    integer: "integer",
    bigint: "integer",
    bound: (column, length) => `check (length(${column}) <= ${length})`,
    hasColumn: async (db, table, column) => {
      const found = await sql`select 1 from pragma_table_info(${table}) where name = ${column}`.execute(db);
      return found.rows.length > 0;
    },
    tableOptions: "strict",
  },
};

/** Extended result codes of a violated unique index, primary key and rowid. */
const uniqueCodes: readonly number[] = [2067, 1555, 2579];
/** Primary result codes: busy, locked, out of memory, read-only, I/O error, full, cannot open, locking protocol. */
const unavailableCodes: readonly number[] = [5, 6, 7, 8, 10, 13, 14, 15];
/** A snapshot that another process has overtaken. */
const busySnapshot = 517;
/** The disk is full: SQLite rolled back before anything was committed. */
const fullCode = 13;

const classify = (failure: SqliteFailure): FaultKind => {
  const { code } = failure;
  if (uniqueCodes.includes(code)) return "unique-violation";
  if (code === busySnapshot) return "retryable";
  return unavailableCodes.includes(primaryCode(failure)) ? "unavailable" : "other";
};

interface Waiting {
  readonly busyIn: number;
  readonly waitIn: number;
}

const openFile = async (path: string, { busyIn, waitIn }: Waiting) => {
  const health: StoreHealth = new StoreHealth(() => writer.ping());
  const writer = new SqliteWriter({ path, busyIn, waitIn, onStuck: () => health.markDown() });
  const reader = await openReader(path, writer);
  const close = async (): Promise<void> => {
    health.close();
    reader.close();
    await writer.close();
  };
  const db = new Kysely<Tables>({ dialect: new SqliteThreadsDialect({ writer, reader, health, close }) });
  return { db, writer, health, close };
};

/** The writer first: it makes the file and its log. */
const openReader = async (path: string, writer: SqliteWriter): Promise<SqliteFile> => {
  try {
    await writer.greeting();
    // It never waits for the writer; it meets a lock only while another process opens or closes the file.
    return new SqliteFile(path, { readOnly: true, busyIn: 100 });
  } catch (cause) {
    await writer.close();
    throw new DatabaseFileRefused(path, cause);
  }
};

interface Threads {
  readonly writer: SqliteWriter;
  readonly reader: SqliteFile;
  readonly health: StoreHealth;
  close(): Promise<void>;
}

class SqliteThreadsDialect implements Dialect {
  readonly #threads: Threads;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  createDriver(): Driver {
    return new SqliteThreadsDriver(this.#threads);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** Migrations run in one `begin immediate`, which is also the lock between processes. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteThreadsDriver implements Driver {
  readonly #threads: Threads;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    return new SqliteConnection(this.#threads);
  }

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    connection.begin();
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(connection: SqliteConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#threads.close();
  }
}

/** Not a connection of its own: the place of one caller at the writer and the reader. */
class SqliteConnection implements DatabaseConnection {
  readonly #threads: Threads;
  #transaction: number | undefined;
  #hasBegun = false;
  /** Why the transaction cannot commit any more. */
  #fault: Error | undefined;
  #isReleased = false;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#isReleased) throw new Error("the transaction has ended");
    if (this.#fault !== undefined) throw this.#fault;
    const isRead = query.query.kind === "SelectQueryNode";
    if (this.#transaction === undefined && isRead) return this.#read<R>(query);
    const { rows, changes } = await this.#write(query);
    // Rows have the shape that Kysely derived from the query.
    return { rows: rows as unknown as R[], numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming is not supported");
  }

  /** Nothing is sent before the first statement, which then begins the transaction in the same message. */
  begin(): void {
    this.#transaction = this.#threads.writer.newTransaction();
  }

  async commit(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    const transaction = this.#leaveTransaction();
    if (transaction !== undefined) await this.#end("commit", transaction);
  }

  async rollback(): Promise<void> {
    const transaction = this.#leaveTransaction();
    if (transaction !== undefined) await this.#end("rollback", transaction);
  }

  release(): void {
    this.#isReleased = true;
  }

  #leaveTransaction(): number | undefined {
    const transaction = this.#hasBegun ? this.#transaction : undefined;
    this.#transaction = undefined;
    this.#hasBegun = false;
    this.#isReleased = true;
    return transaction;
  }

  #read<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    try {
      return { rows: this.#threads.reader.run(sql, parameters).rows as unknown as R[] };
    } catch (error) {
      throw translate(sqliteFailure(error), "read", sql);
    }
  }

  async #write({
    sql,
    parameters,
  }: CompiledQuery): Promise<{ readonly rows: readonly Row[]; readonly changes: number }> {
    const transaction = this.#transaction;
    const begins = transaction !== undefined && !this.#hasBegun;
    if (transaction === undefined || begins) this.#threads.health.assertUp("write");
    if (begins) this.#hasBegun = true;
    try {
      return await this.#threads.writer.statement({ transaction, begins, sql, parameters });
    } catch (error) {
      const fault = translateWriter(error, transaction === undefined ? "write" : "transaction", sql);
      if (transaction !== undefined && !(fault instanceof StatementFault && fault.kind === "unique-violation"))
        this.#fault = fault;
      throw fault;
    }
  }

  async #end(kind: "commit" | "rollback", transaction: number): Promise<void> {
    try {
      await this.#threads.writer.end(kind, transaction);
    } catch (error) {
      // A transaction that never began, or that its thread took along, is rolled back already.
      const isOver =
        error instanceof WriterFailed && (error.outcome.kind === "failed" || error.outcome.kind === "died");
      if (kind === "rollback" && isOver) return;
      throw translateWriter(error, "commit", kind);
    }
  }
}

const translateWriter = (error: unknown, during: string, sql: string): Error => {
  if (!(error instanceof WriterFailed)) return error instanceof Error ? error : new Error(String(error));
  const { outcome } = error;
  switch (outcome.kind) {
    case "passed-over":
      return new Refusal("store-unavailable", { retryIn: 1, during: "queue" });
    case "died":
      return outcome.wasCommitting
        ? new CommitOutcomeUnknown("the SQLite writer died", { cause: outcome.cause })
        : new Error("the SQLite writer died", { cause: outcome.cause });
    case "failed":
      return translate(outcome.failure, during, sql);
    case "commit-failed":
      return translateCommit(outcome.failure);
  }
};

const translate = (failure: SqliteFailure, during: string, sql: string): Error => {
  const kind = classify(failure);
  const fault = new StatementFault(kind, { code: String(failure.code), message: failure.message, statement: sql });
  return kind === "unavailable" || kind === "down"
    ? new Refusal("store-unavailable", { retryIn: 1, during }, { cause: fault })
    : fault;
};

const translateCommit = (failure: SqliteFailure): Error => {
  const fault = new StatementFault(classify(failure), {
    code: String(failure.code),
    message: failure.message,
    statement: "commit",
  });
  const primary = primaryCode(failure);
  if (primary === fullCode || primary === busyCode) {
    return new Refusal("store-unavailable", { retryIn: 1, during: "commit" }, { cause: fault });
  }
  // After a failed write or sync the log may still hold the commit for whoever recovers it.
  return new CommitOutcomeUnknown("the disk failed during a commit", { cause: fault });
};
