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

/** Every row of every table, by table. */
export async function readEveryTable(url: string): Promise<ReadonlyMap<string, readonly Row[]>> {
  const tables = new Map<string, readonly Row[]>();
  for (const { name } of await readRows(url, tableNames(url)))
    tables.set(String(name), await readRows(url, `select * from ${String(name)}`));
  return tables;
}

/** The tables in some row of which this text stands. */
export async function tablesThatHold(url: string, text: string): Promise<readonly string[]> {
  const tables = await readEveryTable(url);
  return [...tables].filter(([, rows]) => JSON.stringify(rows).includes(text)).map(([name]) => name);
}

function tableNames(url: string): string {
  if (url.startsWith("sqlite:")) return "select name from sqlite_master where type = 'table' order by name";
  return url.startsWith("postgres:")
    ? "select tablename as name from pg_tables where schemaname = 'public' order by tablename"
    : "select table_name as name from information_schema.tables where table_schema = database() order by table_name";
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
