import { describe } from "node:test";
import { join } from "node:path";
import { makeMariadbDatabase } from "./mariadb.js";
import { makePostgresDatabase } from "./postgres.js";
import { takeRedisDatabase } from "./redis.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

/** The engines Trilithon promises the same behaviour on, in the order of the table the runner prints. */
export const engineNames = ["sqlite", "postgres", "mariadb"] as const;
export type EngineName = (typeof engineNames)[number];

/** An engine that tests may run on now. */
export interface EngineUnderTest {
  readonly name: EngineName;
  /** An empty database of the caller's own; `drop` removes it, clients still connected or not. */
  freshDatabase(): Promise<FreshDatabase>;
  /** Its fresh databases come with a Redis for what is ephemeral. */
  readonly hasRedis?: true;
}

export interface FreshDatabase {
  /** As `DATABASE_URL` takes it. */
  readonly url: string;
  /** As `REDIS_URL` takes it; without, the database keeps what is ephemeral too. */
  readonly redisUrl?: string;
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

/** Whether tests may run with Redis: the runner started one (or whoever set `TEST_REDIS_URL`). */
export function isRedisAvailable(): boolean {
  return process.env["TEST_REDIS_URL"] !== undefined;
}

/** Describes the same tests on each available engine. The suffix of the title, as in `[postgres]`, is what the runner counts by. */
export function describeOnEveryEngine(title: string, tests: (engine: EngineUnderTest) => void): void {
  for (const engine of availableEngines()) {
    describe(`${title} [${engine.name}]`, () => tests(engine));
  }
}

/**
 * Describes the same tests on each available engine alone, as in `[postgres]`, and on SQLite with Redis for what is ephemeral, as in
 * `[sqlite+redis]`; with `TEST_PAIRS=1`, on each. A fresh database then names its `redisUrl`, which the server under test has to be given.
 */
export function describeOnEveryStore(title: string, tests: (engine: EngineUnderTest) => void): void {
  describeOnEveryEngine(title, tests);
  // What Redis keeps never meets the database: beside another engine it would answer the same.
  const paired = availableEngines().filter(({ name }) => name === "sqlite" || process.env["TEST_PAIRS"] === "1");
  for (const engine of paired) describeWithRedis(engine, title, tests);
}

/** As `describeOnEveryStore`, but with Redis beside each engine: flows from end to end, and what Redis counts. */
export function describeOnEveryPair(title: string, tests: (engine: EngineUnderTest) => void): void {
  describeOnEveryEngine(title, tests);
  for (const engine of availableEngines()) describeWithRedis(engine, title, tests);
}

function describeWithRedis(engine: EngineUnderTest, title: string, tests: (engine: EngineUnderTest) => void): void {
  const redis = process.env["TEST_REDIS_URL"];
  if (redis === undefined) return;
  describe(`${title} [${engine.name}+redis]`, () =>
    tests({ name: engine.name, freshDatabase: () => withRedis(engine, redis), hasRedis: true }));
}

async function withRedis(engine: EngineUnderTest, redisUrl: string): Promise<FreshDatabase> {
  const database = await engine.freshDatabase();
  const redis = await takeRedisDatabase(redisUrl);
  return {
    url: database.url,
    redisUrl: redis.url,
    drop: async () => {
      await redis.drop();
      await database.drop();
    },
  };
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
