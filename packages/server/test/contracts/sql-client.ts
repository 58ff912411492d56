import { DatabaseSync } from "@photostructure/sqlite";
import mysql from "mysql2/promise";
import pg from "pg";

export type SqlRow = Readonly<Record<string, unknown>>;

/** A connection to a server's database beside the server's own: to see what it stored, to age it, or to stand in its way. */
export interface SqlClient {
  /** The rows of a select; none for anything else. */
  run(sql: string): Promise<readonly SqlRow[]>;
  close(): Promise<void>;
}

/** Connects by the URL that the server has. */
export async function openSqlClient(databaseUrl: string): Promise<SqlClient> {
  const { protocol } = new URL(databaseUrl);
  if (protocol === "sqlite:") return openSqlite(databaseUrl.replace(/^sqlite:/, ""));
  return protocol === "postgres:" ? openPostgres(databaseUrl) : openMariadb(databaseUrl);
}

function openSqlite(path: string): SqlClient {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  return {
    run: async (sql) => {
      if (!/^\s*(select|pragma)\b/i.test(sql)) {
        database.exec(sql);
        return [];
      }
      return database
        .prepare(sql)
        .all()
        .map((row) => ({ ...(row as object) }));
    },
    close: async () => database.close(),
  };
}

async function openPostgres(url: string): Promise<SqlClient> {
  // int8 as number, as in the other two.
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === 20 ? Number : pg.types.getTypeParser(oid, format),
  };
  const client = new pg.Client({ connectionString: url, types });
  client.on("error", () => {});
  await client.connect();
  return {
    run: async (sql) => (await client.query<SqlRow>(sql)).rows,
    close: () => client.end(),
  };
}

async function openMariadb(url: string): Promise<SqlClient> {
  const connection = await mysql.createConnection(url);
  connection.on("error", () => {});
  return {
    run: async (sql) => {
      const [rows] = await connection.query(sql);
      return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
    },
    close: () => connection.end(),
  };
}
