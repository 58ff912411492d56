import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { availableEngines, type EngineName, type EngineUnderTest } from "../packages/server/test/engines/engines.ts";
import { findMariadb, startMariadb } from "../packages/server/test/engines/mariadb.ts";
import { findPostgres, startPostgres } from "../packages/server/test/engines/postgres.ts";

/**
 * Makes the folder that databases of this run stand in, and leads the engines there. On a disk: where flushing costs nothing,
 * every figure about a commit would flatter.
 */
export const makeDiskFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "trilithon-bench-"));
  // The engines run as users of their own when we are root.
  chmodSync(folder, 0o711);
  process.env["TEST_TEMPORARY_FOLDER"] = folder;
  return folder;
};

/** An engine of our own, until it is stopped. */
export interface StartedEngine extends EngineUnderTest {
  /** In words. */
  readonly version: string;
  stop(): Promise<void>;
}

/** Starts the engine privately; throws when it is not installed. */
export const startEngine = async (name: EngineName): Promise<StartedEngine> => {
  const started = await starts[name]();
  const found = availableEngines().find((engine) => engine.name === name);
  if (found === undefined) throw new Error(`${name} is not available`);
  return { name, freshDatabase: () => found.freshDatabase(), version: started.version, stop: () => started.stop() };
};

const startSqlite = () => {
  const memory = new DatabaseSync(":memory:");
  const version = `SQLite ${String(memory.prepare("select sqlite_version() as version").get()?.["version"])}`;
  memory.close();
  return Promise.resolve({ version, stop: () => Promise.resolve() });
};

const startOwnPostgres = async () => {
  const started = await startPostgres();
  process.env["TEST_POSTGRES_URL"] = started.url;
  return { version: versionOf(join(findPostgres() ?? "", "postgres")), stop: () => started.stop() };
};

const startOwnMariadb = async () => {
  const started = await startMariadb();
  process.env["TEST_MARIADB_URL"] = started.url;
  return { version: versionOf(findMariadb()?.server ?? ""), stop: () => started.stop() };
};

const starts: Readonly<Record<EngineName, () => Promise<{ readonly version: string; stop(): Promise<void> }>>> = {
  sqlite: startSqlite,
  postgres: startOwnPostgres,
  mariadb: startOwnMariadb,
};

const versionOf = (program: string): string =>
  execFileSync(program, ["--version"], { encoding: "utf8" })
    .trim()
    .replace(/^\S*\//, "");
