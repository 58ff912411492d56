import assert from "node:assert/strict";
import { Agent, request as send } from "node:http";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { rounds } from "../engines/rounds.js";
import { jwtCalls, newPerson, type Person, signedIn } from "../server/jwt-calls.js";
import { nextAddress, request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { countEach } from "../server/tally.js";

const stops = Math.min(Math.ceil(rounds() / 4), 20);
const stopsWithin = 10_000;

describeOnEveryEngine("SIGTERM", (engine) => {
  let database: FreshDatabase;
  before(async () => {
    database = await engine.freshDatabase();
  });
  after(() => database.drop());

  it(`finishes every request that was accepted, ${stops} times`, async () => {
    for (let stop = 0; stop < stops; stop += 1) {
      const server = await startServer({ databaseUrl: database.url });
      const people = Array.from({ length: 12 }, newPerson);
      // `100 Continue` says that the server has the request; its body is still to come.
      const accepted = await Promise.all(people.map((person) => beginRegistration(server, person)));
      const ended = server.kill("SIGTERM");
      const answers = await Promise.all(accepted.map((finish) => finish()));
      assert.deepEqual(countEach(answers), { "201": people.length });
      assert.deepEqual(await within(stopsWithin, ended), { code: 0, signal: null });
      await assertSignedUp(database.url, people.slice(0, 2));
    }
  });

  it("ends idle connections of its clients", async () => {
    const server = await startServer({ databaseUrl: database.url });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    await Promise.all(Array.from({ length: 8 }, () => getOver(agent, `${server.url}/healthz`)));
    assert.deepEqual(await within(stopsWithin, server.kill("SIGTERM")), { code: 0, signal: null });
    agent.destroy();
  });

  it("does not wait for a client that never sends the rest of its body", async () => {
    const server = await startServer({ databaseUrl: database.url });
    const finish = await beginRegistration(server, newPerson());
    assert.deepEqual(await within(stopsWithin, server.kill("SIGTERM")), { code: 0, signal: null });
    await assert.rejects(finish());
  });

  it("in production says so at /readyz first, so that no client of a balancer sees a failure", async () => {
    // A mount that needs no mail: without a mail server production refuses any other.
    const config = { mounts: [{ contract: "jwt" }] };
    const server = await startServer({ databaseUrl: database.url, config, env: { NODE_ENV: "production" } });
    const calls = jwtCalls(server.origin("/auth"));
    const { access } = await signedIn(calls);
    let isReady = true;
    let answers = 0;
    const failures: string[] = [];
    const client = async () => {
      while (isReady) {
        try {
          const { status } = await calls.me(access);
          answers += 1;
          if (status !== 200) {
            failures.push(String(status));
          }
        } catch (error) {
          failures.push(String(error));
        }
      }
    };
    const balancer = async () => {
      while (isReady) {
        isReady = (await request(`${server.url}/readyz`)).status === 200;
      }
      return (await request(`${server.url}/readyz`)).json;
    };
    const clients = Array.from({ length: 4 }, client);
    const asked = balancer();
    const ended = server.kill("SIGTERM");
    assert.deepEqual(await asked, { status: "not ready", stores: { server: "stopping" } });
    await Promise.all(clients);
    assert.deepEqual(await within(stopsWithin, ended), { code: 0, signal: null });
    assert.deepEqual(failures, []);
    assert.ok(answers > 0);
  });
});

/** Resolves when the server has accepted the request; the function sends the body and gives the status. */
function beginRegistration(
  server: RunningServer,
  { username, email, password }: Person,
): Promise<() => Promise<string>> {
  const body = JSON.stringify({ username, email, password });
  return new Promise((resolve, reject) => {
    const outgoing = send(`${server.origin("/auth")}/register`, {
      method: "POST",
      agent: false,
      localAddress: nextAddress(),
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        expect: "100-continue",
      },
    });
    const answered = new Promise<string>((answer, fail) => {
      outgoing.once("error", fail);
      outgoing.once("response", (incoming) => {
        incoming.once("error", fail);
        incoming.once("end", () => answer(String(incoming.statusCode)));
        incoming.resume();
      });
    });
    answered.catch(reject);
    outgoing.once("continue", () =>
      resolve(() => {
        outgoing.end(body);
        return answered;
      }),
    );
    outgoing.flushHeaders();
  });
}

function getOver(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { agent }, (incoming) => {
      incoming.once("end", resolve);
      incoming.resume();
    });
    outgoing.once("error", reject);
    outgoing.end();
  });
}

async function assertSignedUp(databaseUrl: string, people: readonly Person[]): Promise<void> {
  const server = await startServer({ databaseUrl });
  for (const person of people) {
    assert.equal((await jwtCalls(server.origin("/auth")).login(person)).status, 200);
  }
  await server.stop();
}

async function within<T>(limit: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
