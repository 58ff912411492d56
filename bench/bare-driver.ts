import { DatabaseSync } from "@photostructure/sqlite";
import mysql from "mysql2/promise";
import pg from "pg";
import type { EngineName } from "../packages/server/test/engines/engines.ts";

type Value = string | number | null;

/** Sends a statement with `?` for its values; the rows it gave. */
export type Run = (sql: string, values: readonly Value[]) => Promise<readonly unknown[]>;

/** A database driver as it comes, with nothing above it but statements that are kept prepared. */
export interface BareDriver {
  /** A statement that commits on its own. */
  readonly run: Run;
  /** Statements that commit together. */
  transaction(work: (run: Run) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Opens the driver of an engine with so many connections; SQLite has one, which is what its transactions get. */
export const openBareDriver = (engine: EngineName, url: string, connections: number): BareDriver =>
  opens[engine](url, connections);

const openSqlite = (url: string): BareDriver => {
  const database = new DatabaseSync(url.replace(/^sqlite:/, ""), { timeout: 5000 });
  database.exec("pragma journal_mode = wal; pragma synchronous = full");
  const prepared = new Map<string, ReturnType<typeof database.prepare>>();
  const all = (sql: string, values: readonly Value[]) => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement.all(...values);
  };
  let last = Promise.resolve();
  return {
    run: (sql, values) => Promise.resolve(all(sql, values)),
    transaction(work) {
      last = last.then(async () => {
        all("begin immediate", []);
        await work((sql, values) => Promise.resolve(all(sql, values)));
        all("commit", []);
      });
      return last;
    },
    close: async () => database.close(),
  };
};

const openPostgres = (url: string, connections: number): BareDriver => {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const statements = new Map<string, { readonly name: string; readonly text: string }>();
  const on =
    (client: pg.Pool | pg.PoolClient): Run =>
    async (sql, values) => {
      let at = 0;
      const statement = statements.get(sql) ?? {
        name: `s${statements.size}`,
        text: sql.replace(/\?/g, () => `$${++at}`),
      };
      statements.set(sql, statement);
      return (await client.query({ ...statement, values: [...values] })).rows;
    };
  return {
    run: on(pool),
    async transaction(work) {
      const client = await pool.connect();
      await client.query("begin");
      await work(on(client));
      await client.query("commit");
      client.release();
    },
    close: () => pool.end(),
  };
};

const openMariadb = (url: string, connections: number): BareDriver => {
  const pool = mysql.createPool({ uri: url, connectionLimit: connections });
  const on =
    (client: mysql.Pool | mysql.PoolConnection): Run =>
    async (sql, values) => {
      const [rows] = await client.execute(sql.replaceAll(" on conflict do nothing", ""), [...values]);
      return Array.isArray(rows) ? rows : [];
    };
  return {
    run: on(pool),
    async transaction(work) {
      const client = await pool.getConnection();
      await client.query("begin");
      await work(on(client));
      await client.query("commit");
      client.release();
    },
    close: () => pool.end(),
  };
};

const opens: Readonly<Record<EngineName, (url: string, connections: number) => BareDriver>> = {
  sqlite: openSqlite,
  postgres: openPostgres,
  mariadb: openMariadb,
};
