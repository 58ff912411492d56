import { describe } from "node:test";
import { join } from "node:path";
import { makeMariadbDatabase } from "./mariadb.js";
import { makePostgresDatabase } from "./postgres.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

/** The engines Trilithon promises the same behaviour on, in the order of the table the runner prints. */
export const engineNames = ["sqlite", "postgres", "mariadb"] as const;
export type EngineName = (typeof engineNames)[number];

/** An engine that tests may run on now. */
export interface EngineUnderTest {
  readonly name: EngineName;
  /** An empty database of the caller's own; `drop` removes it, clients still connected or not. */
  freshDatabase(): Promise<FreshDatabase>;
}

export interface FreshDatabase {
  /** As `DATABASE_URL` takes it. */
  readonly url: string;
  drop(): Promise<void>;
}

/** SQLite, and the servers that the runner started (or whoever set `TEST_POSTGRES_URL`, `TEST_MARIADB_URL`: an administrator's URL). */
export function availableEngines(): readonly EngineUnderTest[] {
  const engines: EngineUnderTest[] = [{ name: "sqlite", freshDatabase: makeSqliteDatabase }];
  const postgres = process.env["TEST_POSTGRES_URL"];
  if (postgres !== undefined) {
    engines.push({ name: "postgres", freshDatabase: () => makePostgresDatabase(postgres) });
  }
  const mariadb = process.env["TEST_MARIADB_URL"];
  if (mariadb !== undefined) {
    engines.push({ name: "mariadb", freshDatabase: () => makeMariadbDatabase(mariadb) });
  }
  return engines;
}

/** Describes the same tests on each available engine. The suffix of the title, as in `[postgres]`, is what the runner counts by. */
export function describeOnEveryEngine(title: string, tests: (engine: EngineUnderTest) => void): void {
  for (const engine of availableEngines()) {
    describe(`${title} [${engine.name}]`, () => tests(engine));
  }
}

function makeSqliteDatabase(): Promise<FreshDatabase> {
  const folder = makeTemporaryFolder("sqlite");
  return Promise.resolve({
    url: `sqlite:${join(folder, "trilithon.db")}`,
    drop: () => {
      removeTemporaryFolder(folder);
      return Promise.resolve();
    },
  });
}
