import { DatabaseSync } from "@photostructure/sqlite";
import { createConnection } from "mysql2/promise";
import pg from "pg";

export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement on the database that a `DATABASE_URL` names, beside whoever serves it, and gives its rows. */
export function readRows(url: string, statement: string): Promise<readonly Row[]> {
  if (url.startsWith("sqlite:")) {
    return Promise.resolve(askSqlite(url.slice("sqlite:".length), statement));
  }
  return url.startsWith("postgres:") ? askPostgres(url, statement) : askMariadb(url, statement);
}

/** How many rows a table has that meet the condition. */
export async function countRows(url: string, table: string, condition = "1 = 1"): Promise<number> {
  const [row] = await readRows(url, `select count(*) as n from ${table} where ${condition}`);
  return Number(row?.["n"]);
}

function askSqlite(path: string, statement: string): readonly Row[] {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    return database
      .prepare(statement)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

async function askPostgres(url: string, statement: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(statement);
    return rows;
  } finally {
    await client.end();
  }
}

async function askMariadb(url: string, statement: string): Promise<readonly Row[]> {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.query(statement);
    return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
  } finally {
    await connection.end();
  }
}
