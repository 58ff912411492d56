import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql, type Dialect } from "kysely";
import pg from "pg";
import { StoreHealth } from "../store-health.js";
import type { Tables } from "../tables.js";
import { DurabilityRefused, type DialectTraits, type Engine, type OpenedEngine } from "./engine.js";
import {
  PooledDriver,
  timeoutCode,
  waitedInVain,
  type Classified,
  type ConnectionPool,
  type PooledDriverOptions,
  type ServerConnection,
} from "./pooled-driver.js";
import { idleTransactionIn, migrationLimits, requestLimits, type ServerLimits } from "./server-limits.js";

export const postgres: Engine = {
  name: "postgres",
  async open({ address: url, connections }) {
    const health = new StoreHealth(() => probe(url));
    const pool = new PostgresPool(clientConfig(url, requestLimits), connections);
    const db = new Kysely<Tables>({ dialect: dialect({ pool, health, mode: "lazy" }) });
    return {
      name: "postgres",
      dialect: traits,
      db,
      health,
      async openForMigrations() {
        const patient = new PostgresPool(clientConfig(url, migrationLimits), 2);
        return new Kysely<Tables>({ dialect: dialect({ pool: patient, health, mode: "pinned" }) });
      },
      checkDurability: () => checkDurability(db),
      async close() {
        health.close();
        await pool.end();
      },
    } satisfies OpenedEngine;
  },
};

const traits: DialectTraits = {
  upsert: "on-conflict",
  failureSpoilsTransaction: true,
  prefersPackedRows: false,
  columns: {
    text: (length) => `varchar(${length}) collate "C"`,
    longText: 'text collate "C"',
    integer: "integer",
    bigint: "bigint",
    bound: () => "",
    tableOptions: "",
  },
};

const dialect = (options: PooledDriverOptions): Dialect => ({
  createDriver: () => new PooledDriver(options),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db) => new PostgresIntrospector(db),
});

const int8 = 20;
const types: pg.CustomTypesConfig = {
  // Instants and counts stay far below 2^53.
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format),
};

const clientConfig = (url: string, limits: ServerLimits): pg.PoolConfig => ({
  connectionString: url,
  application_name: "trilithon",
  keepAlive: true,
  connectionTimeoutMillis: limits.connectIn,
  query_timeout: limits.answerIn,
  statement_timeout: limits.statementIn,
  lock_timeout: limits.lockIn,
  idle_in_transaction_session_timeout: idleTransactionIn,
  options: "-c default_transaction_isolation=read\\ committed",
  types,
});

const probe = async (url: string): Promise<void> => {
  const client = new pg.Client(clientConfig(url, requestLimits));
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
  } finally {
    void client.end().catch(() => {});
  }
};

/** Statements beyond so many different texts are not named, so that the server's memory stays bounded. */
const namesKept = 400;

class PostgresPool implements ConnectionPool {
  readonly #pool: pg.Pool;
  readonly #used = new WeakSet<pg.PoolClient>();
  readonly #names = new Map<string, string>();

  constructor(config: pg.PoolConfig, connections: number) {
    this.#pool = new pg.Pool({ ...config, max: connections, idleTimeoutMillis: 60_000 });
    // A lost idle connection is replaced when the next one is taken, which is also when its loss is noticed.
    this.#pool.on("error", () => {});
  }

  async take(): Promise<ServerConnection> {
    const client = await this.#pool.connect();
    const isUsed = this.#used.has(client);
    this.#used.add(client);
    const ignored = (): void => {};
    client.on("error", ignored);
    const giveBack = (destroy: boolean): void => {
      client.removeListener("error", ignored);
      client.release(destroy);
    };
    return {
      isUsed,
      run: async ({ sql, parameters }) => {
        const name = this.#nameOf(sql);
        const { rows, rowCount } = await client.query({
          ...(name === undefined ? {} : { name }),
          text: sql,
          values: [...parameters],
        });
        return { rows, changes: rowCount ?? 0 };
      },
      commit: async () => {
        const { command } = await client.query("commit");
        if (command !== "COMMIT") throw new RolledBack("the transaction had failed and was rolled back");
      },
      release: () => giveBack(false),
      destroy: () => giveBack(true),
    };
  }

  classify(error: unknown): Classified {
    if (error instanceof pg.DatabaseError && error.code !== undefined) return classifyState(error.code);
    if (error instanceof RolledBack) return { kind: "other", code: "ROLLED BACK", isConnectionLost: false };
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
    // The pool's words for a wait in its queue; a connection that is not made in time has others.
    if (error instanceof Error && error.message === "timeout exceeded when trying to connect") return waitedInVain;
    const isTimeout = error instanceof Error && /timeout/i.test(error.message);
    if (isTimeout) return { kind: "down", code: timeoutCode, isConnectionLost: true };
    const isOurs = error instanceof TypeError || error instanceof RangeError;
    return isOurs
      ? { kind: "other", code: "client", isConnectionLost: true }
      : { kind: "down", code: code ?? "CONNECTION", isConnectionLost: true };
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  #nameOf(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= namesKept) return known;
    const name = `t${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }
}

class RolledBack extends Error {
  override readonly name = "RolledBack";
}

const classifyState = (code: string): Classified => {
  const isConnectionLost = /^(?:08|57P)/.test(code);
  if (code === "23505") return { kind: "unique-violation", code, isConnectionLost };
  if (code === "40001" || code === "40P01") return { kind: "retryable", code, isConnectionLost };
  if (isConnectionLost) return { kind: "down", code, isConnectionLost };
  // The idle transaction was ended by the server, which closed its connection.
  if (code === "25P03") return { kind: "other", code, isConnectionLost: true };
  // Cancelled by a timeout, lock not granted in time, disk full, too many connections or out of memory, I/O error, read-only standby.
  const isUnavailable = /^(?:57014|55P03|53|58|25006)/.test(code);
  return { kind: isUnavailable ? "unavailable" : "other", code, isConnectionLost };
};

const checkDurability = async (db: Kysely<Tables>): Promise<void> => {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name`.execute(db);
  for (const { name, setting } of rows) {
    if (setting === "off") throw new DurabilityRefused({ name, value: setting, needed: "on" });
  }
};
