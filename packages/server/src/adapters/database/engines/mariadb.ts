import { Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql, type Dialect } from "kysely";
import mysql, {
  type Connection,
  type Pool,
  type PoolConnection,
  type PoolOptions,
  type ResultSetHeader,
  type RowDataPacket,
} from "mysql2";
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

export const mariadb: Engine = {
  name: "mariadb",
  async open({ address: url, connections }) {
    const health = new StoreHealth(() => probe(url));
    const pool = new MariadbPool(url, { limits: requestLimits, connections });
    const db = new Kysely<Tables>({ dialect: dialect({ pool, health, mode: "lazy" }) });
    return {
      name: "mariadb",
      dialect: traits,
      db,
      health,
      async openForMigrations() {
        const patient = new MariadbPool(url, { limits: migrationLimits, connections: 2 });
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
  upsert: "on-duplicate-key",
  failureSpoilsTransaction: false,
  prefersPackedRows: false,
  columns: {
    text: (length) => `varchar(${length})`,
    longText: "mediumtext",
    integer: "integer",
    bigint: "bigint",
    bound: () => "",
    // The collation without "nopad" takes two texts for equal that differ in trailing blanks.
    tableOptions: "engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin",
  },
};

const dialect = (options: PooledDriverOptions): Dialect => ({
  createDriver: () => new PooledDriver(options),
  createQueryCompiler: () => new MysqlQueryCompiler(),
  createAdapter: () => new MysqlAdapter(),
  createIntrospector: (db) => new MysqlIntrospector(db),
});

const connectionOptions = (url: string, limits: ServerLimits): PoolOptions => ({
  uri: url.replace(/^mariadb:/, "mysql:"),
  charset: "utf8mb4",
  timezone: "Z",
  supportBigNumbers: true,
  stringifyObjects: true,
  multipleStatements: false,
  // Rows matched count as affected: a conditional statement that changes nothing has still met its condition.
  flags: ["FOUND_ROWS"],
  connectTimeout: limits.connectIn,
  enableKeepAlive: true,
});

/** `sql_mode` without NO_BACKSLASH_ESCAPES, on which the driver's escaping relies. */
const sessionSettings = (limits: ServerLimits): string =>
  [
    "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
    "autocommit = 1",
    "foreign_key_checks = 1",
    "unique_checks = 1",
    `innodb_lock_wait_timeout = ${Math.ceil(limits.lockIn / 1000)}`,
    `lock_wait_timeout = ${Math.ceil(limits.lockIn / 1000)}`,
    `max_statement_time = ${limits.statementIn / 1000}`,
    `idle_transaction_timeout = ${Math.ceil(idleTransactionIn / 1000)}`,
    // Galera: a read waits until this node has applied what others have acknowledged. Without Galera it says nothing.
    "wsrep_sync_wait = 1",
  ].join(", ");

const probe = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const connection: Connection = mysql.createConnection(connectionOptions(url, requestLimits));
    const finish = (error: unknown): void => {
      connection.destroy();
      if (error === null || error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error("the probe failed"));
    };
    connection.on("error", finish);
    connection.query({ sql: "select 1", timeout: requestLimits.answerIn }, finish);
  });

class MariadbPool implements ConnectionPool {
  readonly #pool: Pool;
  readonly #limits: ServerLimits;
  /** Connections whose session settings are in force. */
  readonly #ready = new WeakSet<PoolConnection>();

  constructor(url: string, options: { readonly limits: ServerLimits; readonly connections: number }) {
    this.#limits = options.limits;
    this.#pool = mysql.createPool({
      ...connectionOptions(url, options.limits),
      connectionLimit: options.connections,
      maxIdle: options.connections,
      idleTimeout: 60_000,
      waitForConnections: true,
    });
  }

  async take(): Promise<ServerConnection> {
    const connection = await this.#connect();
    const isUsed = this.#ready.has(connection);
    const query = (sql: string, values: readonly unknown[]): Promise<ResultSetHeader | RowDataPacket[]> =>
      new Promise((resolve, reject) => {
        connection.query<ResultSetHeader | RowDataPacket[]>(
          { sql, values: [...values], timeout: this.#limits.answerIn },
          (error, result) => (error === null ? resolve(result) : reject(error)),
        );
      });
    if (!isUsed) {
      try {
        // A statement of its own: the variable has two names, of which no version knows both.
        await query("set session transaction isolation level read committed", []);
        await query(sessionSettings(this.#limits), []);
        this.#ready.add(connection);
      } catch (error) {
        connection.destroy();
        throw error;
      }
    }
    return {
      isUsed,
      run: async ({ sql, parameters }) => {
        const result = await query(sql, parameters);
        return Array.isArray(result) ? { rows: result, changes: 0 } : { rows: [], changes: result.affectedRows };
      },
      commit: async () => {
        await query("commit", []);
      },
      release: () => connection.release(),
      destroy: () => connection.destroy(),
    };
  }

  classify(error: unknown): Classified {
    const { code, errno } = codeOf(error);
    if (code === waitedInVain.code) return waitedInVain;
    if (code === "PROTOCOL_SEQUENCE_TIMEOUT" || code === "ETIMEDOUT" || code === timeoutCode) {
      return { kind: "down", code: timeoutCode, isConnectionLost: true };
    }
    // The server's own errors have a number of at least 1000 and leave the connection usable, but for the few named.
    if (errno >= 1000) return classifyNumber(errno, code);
    const isOurs = error instanceof TypeError || error instanceof RangeError;
    return isOurs
      ? { kind: "other", code: "client", isConnectionLost: true }
      : { kind: "down", code: code === "" ? "CONNECTION" : code, isConnectionLost: true };
  }

  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pool.end((error) => (error ? reject(error) : resolve()));
    });
  }

  #connect(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(Object.assign(new Error("no connection in time"), { code: waitedInVain.code }));
        // Later than `connectTimeout`: a server that cannot be reached has said so by then, and only a queue is left.
      }, this.#limits.connectIn + 100);
      this.#pool.getConnection((error, connection) => {
        clearTimeout(timer);
        if (error !== null) reject(error);
        else if (isLate) connection.release();
        else resolve(connection);
      });
    });
  }
}

const codeOf = (error: unknown): { readonly code: string; readonly errno: number } => ({
  code: error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "",
  errno: error instanceof Error && "errno" in error && typeof error.errno === "number" ? error.errno : 0,
});

/** Duplicate entry. */
const uniqueNumbers: readonly number[] = [1062];
/** Deadlock (also a Galera certification failure); a Galera node that is not ready for commands. */
const retryableNumbers: readonly number[] = [1213, 1047];
/** Shutdown in progress, forced close, killed connection, idle transaction ended. */
const lostNumbers: readonly number[] = [1053, 1080, 1927, 4031];
/** Lock wait over, too many connections, statement time over, disk or log full, out of memory, interrupted, read-only, record changed. */
const unavailableNumbers: readonly number[] = [
  1205, 1040, 1203, 1969, 1021, 1114, 1026, 3, 1037, 1041, 1317, 1290, 1020, 3024,
];

const classifyNumber = (errno: number, code: string): Classified => {
  if (uniqueNumbers.includes(errno)) return { kind: "unique-violation", code, isConnectionLost: false };
  if (retryableNumbers.includes(errno)) return { kind: "retryable", code, isConnectionLost: false };
  if (lostNumbers.includes(errno)) return { kind: "down", code, isConnectionLost: true };
  return { kind: unavailableNumbers.includes(errno) ? "unavailable" : "other", code, isConnectionLost: false };
};

const checkDurability = async (db: Kysely<Tables>): Promise<void> => {
  const { rows } = await sql<{ Variable_name: string; Value: string }>`
    show global variables where variable_name in
      ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'innodb_doublewrite', 'wsrep_on')`.execute(db);
  const values = new Map(rows.map((row) => [row.Variable_name, row.Value]));
  const require = (name: string, isGood: (value: string) => boolean, needed: string): void => {
    const value = values.get(name) ?? "unknown";
    if (!isGood(value)) throw new DurabilityRefused({ name, value, needed });
  };
  require("innodb_flush_log_at_trx_commit", (value) => value === "1", "1");
  require("innodb_doublewrite", (value) => value !== "OFF", "ON");
  // On Galera the other nodes hold what one node's binary log lost.
  if (values.get("log_bin") === "ON" && values.get("wsrep_on") !== "ON") {
    require("sync_binlog", (value) => value === "1", "1");
  }
};
