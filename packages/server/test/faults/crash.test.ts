import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { findMariadb, makeMariadbDatabase, startMariadb } from "../engines/mariadb.js";
import { findPostgres, makePostgresDatabase, startPostgres } from "../engines/postgres.js";
import type { PrivateEngine } from "../engines/private-engine.js";
import { readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { jwtCalls, newPerson, type Person } from "../server/jwt-calls.js";
import { poll } from "../server/poll.js";
import { type RunningServer, startServer } from "../server/start-server.js";

// 20 in CI; more would say nothing new, and each takes a start of the server or of the database.
const crashes = Math.min(rounds(), 20);
const writers = 6;
const servesAgainWithin = 5_000;

describeOnEveryEngine("kill -9 of the server during registrations", (engine) => {
  let database: FreshDatabase;
  let dataDir: string;
  before(async () => {
    database = await engine.freshDatabase();
    dataDir = makeTemporaryFolder("data");
  });
  after(async () => {
    await database.drop();
    removeTemporaryFolder(dataDir);
  });

  it(`loses no acknowledged account in ${crashes} crashes`, async (test) => {
    const acknowledged: Person[] = [];
    for (let crash = 0; crash < crashes; crash += 1) {
      const server = await startServer({ databaseUrl: database.url, dataDir });
      const load = registerUntilTheEnd(server);
      const enough = randomInt(1, 2 * writers);
      await poll("accounts are made", 30_000, async () => (load.acknowledged.length >= enough ? true : undefined));
      assert.deepEqual(await server.kill("SIGKILL"), { code: null, signal: "SIGKILL" });
      acknowledged.push(...(await load.end()));
      if (engine.name === "sqlite") {
        assert.deepEqual(await readRows(database.url, "pragma integrity_check"), [{ integrity_check: "ok" }]);
      }
    }
    const server = await startServer({ databaseUrl: database.url, dataDir });
    await assertSignIn(server, acknowledged);
    assert.equal(await server.stop(), 0);
    test.diagnostic(
      `${engine.name}: ${acknowledged.length} acknowledged accounts over ${crashes} crashes, all sign in`,
    );
  });
});

interface CrashingEngine {
  readonly name: string;
  readonly isInstalled: boolean;
  readonly start: () => Promise<PrivateEngine>;
  readonly makeDatabase: (adminUrl: string) => Promise<FreshDatabase>;
}
const engines: readonly CrashingEngine[] = [
  {
    name: "postgres",
    isInstalled: findPostgres() !== undefined,
    start: startPostgres,
    makeDatabase: makePostgresDatabase,
  },
  { name: "mariadb", isInstalled: findMariadb() !== undefined, start: startMariadb, makeDatabase: makeMariadbDatabase },
];

for (const { name, isInstalled, start, makeDatabase } of engines) {
  describe(`kill -9 of the database during registrations [${name}]`, {
    skip: isInstalled ? false : "not installed",
  }, () => {
    let engine: PrivateEngine;
    let server: RunningServer;
    before(async () => {
      engine = await start();
      server = await startServer({ databaseUrl: (await makeDatabase(engine.url)).url });
    });
    after(async () => {
      await server.stop();
      await engine.stop();
    });

    it(`loses no acknowledged account in ${crashes} crashes, and the server serves again by itself`, async (test) => {
      const acknowledged: Person[] = [];
      const answers = new Set<string>();
      for (let crash = 0; crash < crashes; crash += 1) {
        const load = registerUntilTheEnd(server);
        const enough = randomInt(1, 2 * writers);
        await poll("accounts are made", 30_000, async () => (load.acknowledged.length >= enough ? true : undefined));
        await engine.kill();
        acknowledged.push(...(await load.end()));
        for (const answer of load.refused) {
          answers.add(answer);
        }
        await engine.start();
        await poll("it serves again", servesAgainWithin, async () => {
          const { status } = await jwtCalls(server.origin("/auth")).register(newPerson());
          return status === 201 ? true : undefined;
        });
      }
      await assertSignIn(server, acknowledged);
      const allowed = ["500 An error occurred during registration", "503 Service temporarily unavailable"];
      assert.deepEqual(
        [...answers].filter((answer) => !allowed.includes(answer)),
        [],
      );
      test.diagnostic(`${name}: ${acknowledged.length} acknowledged accounts over ${crashes} crashes, all sign in`);
    });
  });
}

interface Load {
  /** Whose registrations were answered 201 so far. */
  readonly acknowledged: readonly Person[];
  /** Status and message of every other answer. */
  readonly refused: readonly string[];
  /** Starts no more, waits for what is under way, and gives the acknowledged. */
  end(): Promise<readonly Person[]>;
}

/** Registers new people without a pause until it is ended or the server is gone. */
function registerUntilTheEnd(server: RunningServer): Load {
  const calls = jwtCalls(server.origin("/auth"));
  const acknowledged: Person[] = [];
  const refused: string[] = [];
  let isEnding = false;
  const write = async () => {
    while (!isEnding) {
      const person = newPerson();
      try {
        const { status, json } = await calls.register(person);
        if (status === 201) {
          acknowledged.push(person);
        } else {
          refused.push(`${status} ${Object(json).message}`);
        }
      } catch {
        // The answer did not come: the account may be there or not, and the server is going.
        return;
      }
    }
  };
  const writing = Promise.all(Array.from({ length: writers }, write));
  return {
    acknowledged,
    refused,
    end: async () => {
      isEnding = true;
      await writing;
      return acknowledged;
    },
  };
}

async function assertSignIn(server: RunningServer, people: readonly Person[]): Promise<void> {
  const calls = jwtCalls(server.origin("/auth"));
  const waiting = [...people];
  const signInNext = async () => {
    for (let person = waiting.pop(); person !== undefined; person = waiting.pop()) {
      const { status, text } = await calls.login(person);
      assert.equal(status, 200, `${person.email}: ${text}`);
    }
  };
  assert.notEqual(people.length, 0);
  await Promise.all(Array.from({ length: 4 }, signInNext));
}
