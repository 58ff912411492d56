import type { Kysely } from "kysely";
import type { StoreHealth } from "../store-health.js";
import type { Tables } from "../tables.js";

export type EngineName = "sqlite" | "postgres" | "mariadb";

/** One database technology. All that differs between engines is behind this and `OpenedEngine`. */
export interface Engine {
  readonly name: EngineName;
  /** Connects lazily where the engine is a server; throws `DatabaseFileRefused` when the embedded file cannot be opened. */
  open(options: EngineOptions): Promise<OpenedEngine>;
}

export interface EngineOptions {
  /** The file's path, or the server's URL. */
  readonly address: string;
  /** Connections at most; the embedded engine has one writer whatever this says. */
  readonly connections: number;
}

export interface OpenedEngine {
  readonly name: EngineName;
  readonly dialect: DialectTraits;
  /** Statements outside a transaction commit on their own. Every failure is a `StatementFault`, a `CommitOutcomeUnknown` or a refusal. */
  readonly db: Kysely<Tables>;
  readonly health: StoreHealth;
  /** A connection of its own with long patience, pinned where locks belong to connections. The caller destroys it. */
  openForMigrations(): Promise<Kysely<Tables>>;
  /** Throws `DurabilityRefused` when the database promises less than a durable commit. */
  checkDurability(): Promise<void>;
  close(): Promise<void>;
}

/** The handful of points where one set of queries must be worded in two ways. */
export interface DialectTraits {
  readonly upsert: "on-conflict" | "on-duplicate-key";
  /** Whether a failed statement spoils its transaction, so that an expected failure needs a savepoint. */
  readonly failureSpoilsTransaction: boolean;
  /** Whether a row of many columns is read faster as one JSON text. */
  readonly prefersPackedRows: boolean;
  readonly columns: ColumnTypes;
}

/** Column types for migrations. Text is compared byte by byte, also its trailing blanks, and never cut. */
export interface ColumnTypes {
  /** At most `length` code points. */
  text(length: number): string;
  readonly longText: string;
  readonly integer: string;
  /** Holds an instant. */
  readonly bigint: string;
  /** A condition, of the table or the column, that bounds `column`, where the type does not; empty otherwise. */
  bound(column: string, length: number): string;
  /** Whether a table has a column, for an engine that cannot add one only where it is not there. */
  readonly hasColumn?: (db: Kysely<unknown>, table: string, column: string) => Promise<boolean>;
  /** What follows the closing bracket of `create table`. */
  readonly tableOptions: string;
}

/** The embedded database's file cannot be opened, in SQLite's words. */
export class DatabaseFileRefused extends Error {
  override readonly name = "DatabaseFileRefused";

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`the database file ${path} cannot be opened: ${reason}`, { cause });
  }
}

/** A setting with which an acknowledged commit could be lost. */
export class DurabilityRefused extends Error {
  override readonly name = "DurabilityRefused";

  constructor(setting: { readonly name: string; readonly value: string; readonly needed: string }) {
    super(
      `the database runs with ${setting.name} = ${setting.value}, but ${setting.needed} is needed so that no acknowledged write is lost`,
    );
  }
}
