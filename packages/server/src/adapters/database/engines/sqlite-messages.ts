/** What the main thread asks of the writer's thread; several travel in one message. */
export type WriterRequest =
  /** One statement: a transaction of its own when `transaction` is absent. `begins` marks the first of a transaction. */
  | {
      readonly kind: "statement";
      readonly id: number;
      readonly slot: number;
      readonly transaction: number | undefined;
      readonly begins: boolean;
      readonly sql: string;
      readonly parameters: readonly unknown[];
    }
  | { readonly kind: "commit" | "rollback"; readonly id: number; readonly transaction: number }
  | { readonly kind: "ping" | "close"; readonly id: number };

/** The writer's answers; several travel in one message. */
export type WriterAnswer =
  | { readonly kind: "done"; readonly id: number; readonly rows: readonly Row[]; readonly changes: number }
  /** The statement failed. */
  | { readonly kind: "failed"; readonly id: number; readonly failure: SqliteFailure }
  /** The commit that this answer had to wait for failed, or the whole group was rolled back. */
  | { readonly kind: "commit-failed"; readonly id: number; readonly failure: SqliteFailure }
  /** Given up by the main thread before its turn came. */
  | { readonly kind: "passed-over"; readonly id: number };

export type Row = Readonly<Record<string, unknown>>;

export interface SqliteFailure {
  /** SQLite's extended result code; 0 when it was not SQLite that failed. */
  readonly code: number;
  readonly message: string;
}

/** The result code without what SQLite adds to it to tell its cases apart. */
export const primaryCode = ({ code }: Pick<SqliteFailure, "code">): number => code & 0xff;
/** The primary code of a file that somebody else holds. */
export const busyCode = 5;

/** What the writer's thread starts with. */
export interface WriterSettings {
  readonly path: string;
  /** Milliseconds to wait for another process that holds the file. */
  readonly busyIn: number;
  /** One cell per waiting request, see `slotStates`. */
  readonly slots: SharedArrayBuffer;
}

/** The first message of the writer's thread. */
export type WriterGreeting =
  | { readonly isOpen: true; readonly journalMode: string; readonly synchronous: number }
  | { readonly isOpen: false; readonly failure: SqliteFailure };

/**
 * Who has a request: both threads move its cell by compare-and-exchange, so that a request given up is never begun
 * and a request begun is never given up.
 */
export const slotStates = { free: 0, waiting: 1, begun: 2, givenUp: 3 } as const;
