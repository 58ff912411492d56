import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { findFreePort } from "./free-port.js";
import { giveTo, isProgram, ownerNamed, type PrivateEngine, runTool, startPrivateEngine } from "./private-engine.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

/** The folder with PostgreSQL's programs, the newest where there are several. */
export function findPostgres(): string | undefined {
  const debian = "/usr/lib/postgresql";
  return listFolder(debian)
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(debian, version, "bin"))
    .find((bin) => isProgram(join(bin, "postgres")) && isProgram(join(bin, "initdb")));
}

/** A PostgreSQL of our own: over TCP on 127.0.0.1 only, with a password, its durable defaults in force. */
export async function startPostgres(): Promise<PrivateEngine> {
  const bin = findPostgres();
  if (bin === undefined) {
    throw new Error("PostgreSQL is not installed");
  }
  const owner = ownerNamed("postgres");
  const folder = makeTemporaryFolder("postgres");
  try {
    giveTo(owner, folder);
    const password = randomBytes(24).toString("base64url");
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    giveTo(owner, passwordFile);
    const cluster = join(folder, "cluster");
    const initialise = [
      "--pgdata",
      cluster,
      "--username",
      "admin",
      "--pwfile",
      passwordFile,
      "--auth",
      "scram-sha-256",
    ];
    runTool(join(bin, "initdb"), [...initialise, "--encoding", "UTF8", "--locale", "C.UTF-8"], folder, owner);
    const port = await findFreePort();
    const url = `postgres://admin:${password}@127.0.0.1:${port}/postgres`;
    const args = ["-D", cluster, "-p", String(port), "-h", "127.0.0.1", "-k", "", "-c", "max_connections=300"];
    // SIGINT is PostgreSQL's "fast" stop: it does not wait for clients to leave.
    return await startPrivateEngine(
      { command: join(bin, "postgres"), args, folder, owner, stopSignal: "SIGINT" },
      url,
      () => askPostgres(url, []),
    );
  } catch (error) {
    removeTemporaryFolder(folder);
    throw error;
  }
}

/** Makes an empty database and its owner, who may nothing else; the URL is the owner's. */
export async function makePostgresDatabase(adminUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `t${randomBytes(8).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  await askPostgres(adminUrl, [
    `create role ${name} login password '${password}'`,
    `create database ${name} owner ${name}`,
  ]);
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => askPostgres(adminUrl, [`drop database if exists ${name} with (force)`, `drop role if exists ${name}`]),
  };
}

async function askPostgres(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // An engine killed while we ask ends the connection; the query's own rejection says so.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    for (const statement of statements) {
      await client.query(statement);
    }
  } finally {
    await client.end();
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
