import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import { Refusal } from "#core/refusal.js";
import type { StoreHealth } from "../store-health.js";
import { CommitOutcomeUnknown, StatementFault, withoutValues, type FaultKind } from "./statement-fault.js";

/** Connections to a database server, as both drivers offer them. */
export interface ConnectionPool {
  /** A session-ready connection; rejects when none is there in time. */
  take(): Promise<ServerConnection>;
  /** What a raw error of this driver means. */
  classify(error: unknown): Classified;
  end(): Promise<void>;
}

export interface ServerConnection {
  /** Whether it served somebody before: the server may have closed it since. */
  readonly isUsed: boolean;
  run(query: ServerQuery): Promise<ServerResult>;
  /** Commits; rejects also when the server answers that it rolled back. */
  commit(): Promise<void>;
  /** Gives it back for others. */
  release(): void;
  /** Closes it at once: its state is unknown. */
  destroy(): void;
}

export interface ServerQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface ServerResult {
  readonly rows: readonly unknown[];
  readonly changes: number;
}

export interface Classified {
  readonly kind: FaultKind;
  readonly code: string;
  /** The answer never came, or the connection broke: it must not be used again. */
  readonly isConnectionLost: boolean;
}

/** Single statements that asked to be tried again are, so often. */
const singleTries = 8;

export interface PooledDriverOptions {
  readonly pool: ConnectionPool;
  readonly health: StoreHealth;
  /** `pinned`: a connection is kept for as long as Kysely holds it, as locks of a session need. */
  readonly mode: "lazy" | "pinned";
}

/** Takes a connection from the pool for each single statement, and keeps one only for a transaction. */
export class PooledDriver implements Driver {
  readonly #options: PooledDriverOptions;

  constructor(options: PooledDriverOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PooledConnection> {
    const connection = new PooledConnection(this.#options);
    if (this.#options.mode === "pinned") await connection.pin();
    return connection;
  }

  async beginTransaction(connection: PooledConnection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: PooledConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: PooledConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(connection: PooledConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#options.pool.end();
  }
}

class PooledConnection implements DatabaseConnection {
  readonly #pool: ConnectionPool;
  readonly #health: StoreHealth;
  readonly #isPinned: boolean;
  #held: ServerConnection | undefined;
  #isInTransaction = false;
  /** Why the transaction cannot commit any more. */
  #fault: Error | undefined;
  #isReleased = false;

  constructor({ pool, health, mode }: PooledDriverOptions) {
    this.#pool = pool;
    this.#health = health;
    this.#isPinned = mode === "pinned";
  }

  async pin(): Promise<void> {
    this.#held = await this.#take();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#isReleased) throw new Error("the transaction has ended");
    if (this.#fault !== undefined) throw this.#fault;
    const result = this.#held === undefined ? await this.#runSingle(query) : await this.#runHeld(this.#held, query);
    // Rows have the shape that Kysely derived from the query.
    return { rows: result.rows as R[], numAffectedRows: BigInt(result.changes) };
  }

  // biome-ignore lint/correctness/useYield: nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming is not supported");
  }

  async begin(): Promise<void> {
    for (;;) {
      const connection = this.#held ?? (await this.#take());
      try {
        await connection.run({ sql: "begin", parameters: [] });
        this.#held = connection;
        this.#isInTransaction = true;
        return;
      } catch (error) {
        const { fault, isConnectionLost, isTimeout } = this.#translate(error, "begin");
        connection.destroy();
        this.#held = undefined;
        // The server closed an idle connection; nothing was asked of it yet. A timeout is no such sign.
        if (isConnectionLost && !isTimeout && connection.isUsed && !this.#isPinned) continue;
        this.#noteDown(fault);
        throw refusalOf(fault, "begin");
      }
    }
  }

  async commit(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    const connection = this.#heldInTransaction();
    this.#refuseLate();
    try {
      await connection.commit();
      this.#endTransaction();
    } catch (error) {
      const { fault, isConnectionLost } = this.#translate(error, "commit");
      this.#noteDown(fault);
      if (isConnectionLost) {
        this.#drop();
        throw new CommitOutcomeUnknown("the connection was lost during a commit", { cause: fault });
      }
      throw refusalOf(fault, "commit");
    }
  }

  async rollback(): Promise<void> {
    if (!this.#isInTransaction || this.#held === undefined) return;
    this.#refuseLate();
    try {
      await this.#held.run({ sql: "rollback", parameters: [] });
      this.#endTransaction();
    } catch {
      // The server rolls back what its client left.
      this.#drop();
    }
  }

  release(): void {
    this.#isReleased = true;
    this.#held?.release();
    this.#held = undefined;
  }

  async #runSingle(query: CompiledQuery): Promise<ServerResult> {
    for (let tries = 1; ; tries += 1) {
      const connection = await this.#take();
      try {
        const result = await connection.run(query);
        connection.release();
        return result;
      } catch (error) {
        const { fault, isConnectionLost, isTimeout } = this.#translate(error, query.sql);
        if (isConnectionLost) connection.destroy();
        else connection.release();
        const isRead = query.query.kind === "SelectQueryNode";
        const mayRepeat = fault.kind === "retryable" || (isConnectionLost && !isTimeout && isRead && connection.isUsed);
        const during = isRead ? "read" : "write";
        if (mayRepeat && tries < singleTries) {
          // What was rolled back for the sake of another comes again when that is done, and not all at once.
          if (fault.kind === "retryable") await delay(randomInt(1, 2 ** tries + 1));
          continue;
        }
        this.#noteDown(fault);
        if (fault.kind === "retryable")
          throw new Refusal("store-unavailable", { retryIn: 1, during }, { cause: fault });
        throw refusalOf(fault, during);
      }
    }
  }

  async #runHeld(connection: ServerConnection, query: ServerQuery): Promise<ServerResult> {
    try {
      return await connection.run(query);
    } catch (error) {
      const { fault, isConnectionLost } = this.#translate(error, query.sql);
      this.#noteDown(fault);
      const thrown = refusalOf(fault, "transaction");
      if (this.#isInTransaction && fault.kind !== "unique-violation") this.#fault = thrown;
      if (isConnectionLost) this.#drop();
      throw thrown;
    }
  }

  async #take(): Promise<ServerConnection> {
    this.#health.assertUp("connect");
    try {
      return await this.#pool.take();
    } catch (error) {
      const { fault } = this.#translate(error, "connect");
      if (fault.kind === "busy") this.#health.assertUp("connect");
      this.#noteDown(fault);
      throw refusalOf(fault, "connect");
    }
  }

  #heldInTransaction(): ServerConnection {
    if (this.#held === undefined || !this.#isInTransaction) throw new Error("no transaction is open");
    return this.#held;
  }

  /** A statement behind the end of its transaction would commit on its own. */
  #refuseLate(): void {
    if (!this.#isPinned) this.#isReleased = true;
  }

  #endTransaction(): void {
    this.#isInTransaction = false;
    this.#fault = undefined;
    if (this.#isPinned) return;
    this.#held?.release();
    this.#held = undefined;
    this.#isReleased = true;
  }

  #drop(): void {
    this.#held?.destroy();
    this.#held = undefined;
    this.#isInTransaction = false;
    this.#isReleased = true;
  }

  #noteDown(fault: StatementFault): void {
    if (fault.kind === "down") this.#health.markDown();
  }

  #translate(
    error: unknown,
    statement: string,
  ): { fault: StatementFault; isConnectionLost: boolean; isTimeout: boolean } {
    const { kind, code, isConnectionLost } = this.#pool.classify(error);
    const message = withoutValues(error instanceof Error ? error.message : String(error));
    return {
      fault: new StatementFault(kind, { code, message, statement }),
      isConnectionLost,
      isTimeout: code === timeoutCode,
    };
  }
}

/** The code that `classify` gives to an answer that did not come in time. */
export const timeoutCode = "TIMEOUT";

/** What `classify` makes of a wait for a connection that others were using all the time. */
export const waitedInVain: Classified = { kind: "busy", code: "POOL", isConnectionLost: false };

const refusalOf = (fault: StatementFault, during: string): Error => {
  if (fault.kind === "busy") return new Refusal("overloaded", { retryIn: 1 }, { cause: fault });
  return fault.kind === "down" || fault.kind === "unavailable"
    ? new Refusal("store-unavailable", { retryIn: 1, during }, { cause: fault })
    : fault;
};
