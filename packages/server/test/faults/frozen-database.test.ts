import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { FreshDatabase } from "../engines/engines.js";
import { findMariadb, makeMariadbDatabase, startMariadb } from "../engines/mariadb.js";
import { findPostgres, makePostgresDatabase, startPostgres } from "../engines/postgres.js";
import type { PrivateEngine } from "../engines/private-engine.js";
import { readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { childrenOf, standsStill } from "../server/child-processes.js";
import { jwtCalls, newPerson, signedIn } from "../server/jwt-calls.js";
import { poll } from "../server/poll.js";
import { request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { countEach, countMessages, countStatuses } from "../server/tally.js";

const freezes = Math.min(Math.ceil(rounds() / 4), 5);
const unavailable = "503 Service temporarily unavailable";
const crowd = 60;

interface FreezingEngine {
  readonly name: string;
  readonly isInstalled: boolean;
  readonly start: () => Promise<PrivateEngine>;
  readonly makeDatabase: (adminUrl: string) => Promise<FreshDatabase>;
  /** How many connections the database's user holds. */
  readonly connections: (user: string) => string;
}
const engines: readonly FreezingEngine[] = [
  {
    name: "postgres",
    isInstalled: findPostgres() !== undefined,
    start: startPostgres,
    makeDatabase: makePostgresDatabase,
    connections: (user) => `select count(*) as n from pg_stat_activity where usename = '${user}'`,
  },
  {
    name: "mariadb",
    isInstalled: findMariadb() !== undefined,
    start: startMariadb,
    makeDatabase: makeMariadbDatabase,
    connections: (user) => `select count(*) as n from information_schema.processlist where user = '${user}'`,
  },
];

for (const { name, isInstalled, start, makeDatabase, connections } of engines) {
  describe(`a database that stops answering [${name}]`, { skip: isInstalled ? false : "not installed" }, () => {
    let engine: PrivateEngine;
    let server: RunningServer;
    let user: string;
    before(async () => {
      engine = await start();
      const { url } = await makeDatabase(engine.url);
      user = new URL(url).username;
      server = await startServer({ databaseUrl: url });
    });
    after(async () => {
      await server.stop();
      await engine.stop();
    });

    it(`is told as an outage, never as a wrong token or password, and heals by itself, ${freezes} times`, async () => {
      const calls = jwtCalls(server.origin("/auth"));
      const owner = await signedIn(calls);
      for (let freeze = 0; freeze < freezes; freeze += 1) {
        const thaw = await freezeProcesses(engine.pid());
        try {
          const mixed = await Promise.all([
            ...Array.from({ length: crowd }, () => calls.me(owner.access)),
            ...Array.from({ length: 10 }, () => calls.login(owner)),
            ...Array.from({ length: 10 }, () => calls.refresh(owner.refresh)),
            ...Array.from({ length: 10 }, () => calls.logout(owner.access)),
          ]);
          const told = countMessages(mixed);
          assert.deepEqual(told, { [unavailable]: crowd + 30 });
          assert.ok(mixed[0]?.headers["retry-after"] !== undefined);
          const registrations = countMessages(
            await Promise.all(Array.from({ length: 10 }, () => calls.register(newPerson()))),
          );
          assert.deepEqual(
            Object.keys(registrations).filter(
              (answer) => answer !== unavailable && answer !== "500 An error occurred during registration",
            ),
            [],
          );
          assert.equal((await request(`${server.url}/healthz`)).status, 200);
          assert.equal((await request(`${server.url}/readyz`)).status, 503);
        } finally {
          thaw();
        }
        await poll("it is ready again", 10_000, async () =>
          (await request(`${server.url}/readyz`)).status === 200 ? true : undefined,
        );
        // More at once than there are connections: none is lost to the freeze.
        const afterwards = await Promise.all(Array.from({ length: crowd }, () => calls.me(owner.access)));
        assert.deepEqual(countStatuses(afterwards), { 200: crowd });
        const people = Array.from({ length: 8 }, newPerson);
        assert.deepEqual(countStatuses(await Promise.all(people.map((person) => calls.register(person)))), { 201: 8 });
        assert.deepEqual(countStatuses(await Promise.all(people.map((person) => calls.login(person)))), { 200: 8 });
      }
      const [row] = await readRows(engine.url, connections(user));
      assert.ok(Number(row?.["n"]) <= crowd, `${String(row?.["n"])} connections are open`);
    });

    it("freezes during a sign-in and a registration without a wrong word", async () => {
      const calls = jwtCalls(server.origin("/auth"));
      const owner = await signedIn(calls);
      const running = Promise.all([
        ...Array.from({ length: 8 }, () => calls.login(owner)),
        ...Array.from({ length: 8 }, () => calls.register(newPerson())),
      ]);
      const thaw = await freezeProcesses(engine.pid());
      const answers = await running.finally(thaw);
      const allowed = [200, 201, 500, 503];
      assert.deepEqual(
        Object.keys(countEach(answers.map(({ status }) => String(status)))).filter(
          (status) => !allowed.includes(Number(status)),
        ),
        [],
      );
      assert.ok(answers.slice(0, 8).every(({ status }) => status === 200 || status === 503));
      await poll("it signs in again", 10_000, async () =>
        (await calls.login(owner)).status === 200 ? true : undefined,
      );
    });
  });
}

/** Stops the process and its children where they are, and waits until every thread stands still; the function lets them go on. */
async function freezeProcesses(pid: number): Promise<() => void> {
  const frozen = [pid, ...childrenOf(pid)];
  const signal = (name: "SIGSTOP" | "SIGCONT") => {
    for (const process_ of frozen) {
      try {
        process.kill(process_, name);
      } catch {
        // A connection's process that has ended meanwhile.
      }
    }
  };
  signal("SIGSTOP");
  const thaw = () => signal("SIGCONT");
  try {
    await poll("the database stands still", 5_000, async () => (frozen.every(standsStill) ? true : undefined));
  } catch (error) {
    thaw();
    throw error;
  }
  return thaw;
}
