import assert from "node:assert/strict";
import { after, afterEach, before, it } from "node:test";
import type { Message } from "#core/outbox/message.js";
import { operatorOf } from "../cli/operator.js";
import { newAddresses } from "../contracts/platform/people.js";
import { stageMounts, useStage } from "../contracts/platform/stage.js";
import { openSqlClient, type SqlClient } from "../contracts/sql-client.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { findFreePort } from "../engines/free-port.js";
import { givenMessage } from "../mail/given-message.js";
import { openNode, type Node } from "../server/open-node.js";
import { poll } from "../server/poll.js";
import { nextAddress } from "../server/request.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import { type LogLine, type RunningServer, startServer } from "../server/start-server.js";
import { countEach } from "../server/tally.js";
import { type Behaviour, type SmsSink, startSmsSink } from "../sms/sms-sink.js";

const within = 30_000;
const planted = "planted-secret-of-the-gateway";

interface GatewayAt {
  readonly name: string;
  readonly url: string;
  readonly timeout?: string;
}

describeOnEveryEngine("SMS on their way", (engine) => {
  let database: FreshDatabase;
  let node: Node;
  let sql: SqlClient;
  before(async () => {
    database = await engine.freshDatabase();
    // A server makes the schema.
    await (await startServer({ databaseUrl: database.url })).stop();
    node = await openNode(database.url);
    sql = await openSqlClient(database.url);
  });
  after(async () => {
    await sql.close();
    await node.close();
    await database.drop();
  });

  const closings: (() => Promise<unknown>)[] = [];
  /** Ends with the test, however that ends. */
  const ending = <T extends { stop(): Promise<unknown> } | { close(): Promise<unknown> }>(thing: T): T => {
    closings.push(() => ("stop" in thing ? thing.stop() : thing.close()));
    return thing;
  };
  afterEach(async () => {
    await Promise.all(closings.splice(0).map((close) => close()));
    await sql.run("delete from message");
  });

  const openSink = async (behaviour?: Behaviour | ((index: number) => Behaviour), port?: number): Promise<SmsSink> =>
    ending(
      await startSmsSink({
        ...(behaviour === undefined
          ? {}
          : { behave: (_, index) => (typeof behaviour === "function" ? behaviour(index) : behaviour) }),
        ...(port === undefined ? {} : { port }),
      }),
    );
  const gatewaysAt = (gateways: readonly GatewayAt[]) => ({
    sms: { gateways: gateways.map((gateway) => ({ user: "ada", secret: planted, timeout: "2s", ...gateway })) },
  });
  const start = async (gateways: readonly GatewayAt[]): Promise<RunningServer> =>
    ending(
      await startServer({
        databaseUrl: database.url,
        config: gatewaysAt(gateways),
        env: { LOG_LEVEL: "trace" },
      }),
    );
  const put = async (count: number, over: Partial<Message> = {}): Promise<readonly Message[]> => {
    const messages = Array.from({ length: count }, () => givenMessage({ channel: "sms", ...over }));
    for (const message of messages) await node.stores.outbox.append(message);
    return messages;
  };
  const countsAt = (sink: SmsSink) => countEach(sink.requests.map(({ fields }) => String(fields["id"])));
  const timesOf = (sink: SmsSink, { id }: Message): number => countsAt(sink)[id] ?? 0;
  const expectOnce = (messages: readonly Message[], sink: SmsSink): void => {
    assert.equal(sink.requests.length, messages.length);
    for (const message of messages) assert.equal(timesOf(sink, message), 1);
  };
  const nothingWaits = () =>
    poll("nothing waits any more", within, async () => {
      const count = await node.stores.outbox.count();
      return count.waiting === 0 ? count : undefined;
    });
  const saidOf = (server: RunningServer, event: string): readonly LogLine[] =>
    server.log.filter(({ msg }) => msg === event);
  const said = (server: RunningServer, event: string, count: number) =>
    poll(`${event}, ${String(count)} times`, within, async () => {
      const lines = saidOf(server, event);
      return lines.length >= count ? lines : undefined;
    });
  /** Makes all that waits or is held due at once, as if its time had come. */
  const age = () => sql.run("update message set due_at = due_at - 300000 where state = 'waiting'");

  it("are sent once, whatever node they wait on", async () => {
    const sink = await openSink();
    const config = gatewaysAt([{ name: "first", url: sink.url }]);
    (await startNodes(database.url, nodesFor(engine), { config })).map(ending);
    const messages = await put(60);
    await sink.waitFor(messages.length);
    assert.deepEqual(await nothingWaits(), { waiting: 0, dead: 0 });
    expectOnce(messages, sink);
  });

  it("go to the second gateway at once when the first has certainly refused, and once (FLT-13)", async () => {
    for (const refusal of [{ status: 402 }, { status: 429 }, "down"] as const) {
      const first = await openSink(refusal === "down" ? undefined : refusal);
      const second = await openSink();
      const url = refusal === "down" ? `http://127.0.0.1:${String(await findFreePort())}/` : first.url;
      const server = await start([
        { name: "first", url },
        { name: "second", url: second.url },
      ]);
      const began = performance.now();
      const messages = await put(5);
      await second.waitFor(messages.length);
      assert.ok(performance.now() - began < 4_000, "without the pause of a failure");
      assert.deepEqual(await nothingWaits(), { waiting: 0, dead: 0 });
      expectOnce(messages, second);
      assert.equal(first.requests.length, refusal === "down" ? 0 : messages.length);
      for (const { gateway } of await said(server, "message sent", messages.length)) assert.equal(gateway, "second");
      await server.stop();
    }
  });

  for (const [what, behaviour] of [
    ["500 after it has taken them", { status: 500 }],
    ["nothing", "stall"],
    ["a cut connection", "cut"],
    ["a redirect", { status: 307, headers: { location: "/elsewhere" } }],
  ] as const)
    it(`are given to a gateway that answers ${what} twice at most, under one id, and to no other (FLT-13)`, async () => {
      const first = await openSink(behaviour);
      const second = await openSink();
      const server = await start([
        { name: "first", url: first.url },
        { name: "second", url: second.url },
      ]);
      const messages = await put(2);
      for (const { reason } of await said(server, "message not sent", messages.length))
        assert.match(String(reason), /^unknown: first: /);
      await age();
      await said(server, "message not sent", 2 * messages.length);
      assert.deepEqual(await nothingWaits(), { waiting: 0, dead: messages.length });
      await age();
      for (const message of messages) assert.equal(timesOf(first, message), 2);
      assert.equal(first.requests.length, 2 * messages.length);
      assert.equal(second.requests.length, 0);
    });

  it("are sent by the one retry when the gateway has come to itself", async () => {
    let behaviour: Behaviour = { status: 500 };
    const sink = await openSink(() => behaviour);
    const server = await start([{ name: "first", url: sink.url }]);
    const [message] = await put(1);
    assert.ok(message !== undefined);
    await said(server, "message not sent", 1);
    behaviour = { status: 202 };
    await age();
    assert.deepEqual(await nothingWaits(), { waiting: 0, dead: 0 });
    assert.equal(timesOf(sink, message), 2);
  });

  it("that a killed server (kill -9) had handed over are given to the same gateway once more, whatever is configured first", async () => {
    let behaviour: Behaviour = "stall";
    const [one, other] = [await openSink({ status: 402 }), await openSink(() => behaviour)];
    const [refusing, taking] = [
      { name: "one", url: one.url, timeout: "60s" },
      { name: "other", url: other.url, timeout: "60s" },
    ];
    const server = await start([refusing, taking]);
    const [message] = await put(1);
    assert.ok(message !== undefined);
    await other.waitFor(1);
    // It has been taken, and nobody has been told.
    await server.kill("SIGKILL");
    behaviour = { status: 202 };
    const third = await openSink();
    await start([{ name: "third", url: third.url }, refusing, taking]);
    // Held until its lease is over, while others go their way.
    const [later] = await put(1);
    await third.waitFor(1);
    assert.equal(timesOf(other, message), 1);
    await age();
    await other.waitFor(2);
    assert.deepEqual(await nothingWaits(), { waiting: 0, dead: 0 });
    assert.deepEqual([timesOf(one, message), timesOf(other, message), timesOf(third, message)], [1, 2, 0]);
    assert.ok(later !== undefined && timesOf(third, later) === 1);
  });

  it("wait for a gateway that is down, and are not sent after their code has died", async () => {
    const port = await findFreePort();
    const server = await start([{ name: "first", url: `http://127.0.0.1:${String(port)}/` }]);
    const [dying, living] = [await put(3), await put(3, { letter: { kind: "password-changed", at: Date.now() } })];
    await said(server, "message not sent", 6);
    // Six minutes later, but for notices, which live a day.
    await sql.run(
      `update message set expires_at = expires_at - 360000 where state = 'waiting' and kind <> 'password-changed'`,
    );
    const sink = await openSink(undefined, port);
    await age();
    await sink.waitFor(living.length);
    assert.deepEqual(await nothingWaits(), { waiting: 0, dead: dying.length });
    expectOnce(living, sink);
    for (const { id } of dying)
      assert.match(
        (await node.stores.outbox.find(id))?.error ?? "",
        /^its time was over before it could be sent; last: first: ECONNREFUSED$/,
      );
  });

  it("that are under way when the server is told to stop are finished first, or left to the next", async () => {
    const silent = await openSink("stall");
    const server = await start([{ name: "first", url: silent.url, timeout: "60s" }]);
    await put(2);
    await silent.waitFor(2);
    const began = performance.now();
    assert.equal(await server.stop(), 0);
    assert.ok(performance.now() - began < 10_000);
    const kept = await node.stores.outbox.list({ states: ["waiting"] }, 10);
    assert.deepEqual(
      kept.map(({ error }) => error),
      ["first: too-slow", "first: too-slow"],
    );
  });

  it("leave neither number, code nor the gateway's secret in a log, an inbox or a diagnosis", async () => {
    const behaviours: Behaviour[] = [{ status: 402, body: { to: "+989121234567" } }, { status: 500 }, "cut"];
    const sink = await openSink((index) => behaviours[index % behaviours.length] ?? "cut");
    const inPath = `${sink.url}/{secret}`;
    const server = await start([
      { name: "first", url: inPath },
      { name: "second", url: `http://127.0.0.1:${String(await findFreePort())}/{secret}` },
    ]);
    const messages = await put(6);
    await said(server, "message not sent", messages.length);
    const operator = operatorOf(server, { DATABASE_URL: database.url, TRILITHON_CONFIG: configOf(server) });
    const told = await Promise.all([
      operator.run("doctor"),
      operator.run("doctor", "--json"),
      operator.run("inbox"),
      operator.run("inbox", "--json"),
    ]);
    assert.match(told[0]?.stdout ?? "", /WRONG +sms +the gateway second cannot be reached: ECONNREFUSED/);
    assert.match(told[0]?.stdout ?? "", /ok +sms +the gateway first can be reached/);
    assert.ok(
      sink.requests.every(({ path }) => path.endsWith(planted)),
      "the search would find it",
    );
    const basic = Buffer.from(`ada:${planted}`).toString("base64");
    const texts = [server.output(), ...told.map(({ stdout, stderr }) => stdout + stderr)];
    const codes = messages.flatMap(({ letter }) => ("code" in letter ? [letter.code] : []));
    for (const text of texts)
      for (const secret of [planted, basic, ...codes]) assert.ok(!text.includes(secret), `${secret} in ${text}`);
    assert.ok(!server.output().includes("989121234567"));
    for (const row of await sql.run("select * from message")) assert.doesNotMatch(JSON.stringify(row), /98912/);
  });
});

/** One that never says a word, for the suites of all engines. */
const silent = await startSmsSink({ behave: () => "stall" });
after(() => silent.close());

describeOnEveryEngine("a gateway that is away", (engine) => {
  const stage = useStage(engine, {
    config: {
      mounts: stageMounts(),
      sms: { gateways: [{ name: "first", url: silent.url, timeout: "60s" }] },
    },
  });

  it("keeps no caller waiting: it has not said a word when all are answered", async () => {
    await stage.ownKey();
    const before = silent.requests.length;
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        stage.ask({
          method: "POST",
          path: "/auth/signup",
          json: { login_id: newAddresses().phone },
          address: nextAddress(),
        }),
      ),
    );
    assert.deepEqual(countEach(answers.map(({ status }) => String(status))), { "200": 12 });
    assert.ok(performance.now() - began < 10_000);
    await silent.waitFor(before + 1);
    assert.ok(silent.requests.length - before <= 5, "no more are under way than may be");
  });

  it("answers a number that asks too often with when to come again, and sends nothing more", async () => {
    const { phone } = newAddresses();
    const ask = () =>
      stage.ask({ method: "POST", path: "/auth/signup", json: { login_id: phone }, address: nextAddress() });
    assert.equal((await ask()).status, 200);
    const { status, headers, json } = await ask();
    assert.equal(status, 429);
    assert.match(String(headers["retry-after"]), /^(?:[1-5]?\d|60)$/);
    assert.equal(Object(json).error_code, "request.rate.exceeded");
  });
});

describeOnEveryEngine("doctor and SMS", (engine) => {
  const limits = { country: { perHour: 1 }, range: { perDay: 201 } };
  const stage = useStage(engine, { config: { mounts: stageMounts(), sms: { limits } } });

  it("tells of budgets that are used up, and of weaker ones, without a number", async () => {
    const ask = (phone: string) =>
      stage.ask({ method: "POST", path: "/auth/signup", json: { login_id: phone }, address: nextAddress() });
    const [one, other] = [newAddresses().phone, newAddresses().phone];
    assert.equal((await ask(one)).status, 200);
    assert.equal((await ask(other)).status, 429);
    const env = { DATABASE_URL: stage.databaseUrl, TRILITHON_CONFIG: configOf(stage.server) };
    const { stdout } = await operatorOf(stage.server, env).run("doctor");
    assert.match(
      stdout,
      /warn +sms +used up: realm default, country IR: 1 SMS of 1 this hour, 1 of 5000 today; sms\.limits\.country/,
    );
    assert.match(stdout, /warn +weaker +sms\.limits\.range\.perDay is 201, the default is 200/);
    assert.match(stdout, /- +sms +no SMS_URL and no gateway: nothing is sent/);
    for (const phone of [one, other]) assert.ok(!stdout.includes(phone.slice(1)));
  });

  it("takes no number that gets no SMS", async () => {
    for (const phone of ["+982188888888", "+4930123456", "+449012345678", "+19002345678"]) {
      const { status, json } = await stage.ask({
        method: "POST",
        path: "/auth/signup",
        json: { login_id: phone },
        address: nextAddress(),
      });
      assert.deepEqual([status, Object(json).error_code], [403, "profile.identifier.invalid"], phone);
    }
  });
});

/** Where a server's configuration was written. */
const configOf = ({ dataDir }: Pick<RunningServer, "dataDir">): string => `${dataDir}/trilithon.config.json`;
