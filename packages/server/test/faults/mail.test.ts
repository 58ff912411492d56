import assert from "node:assert/strict";
import { after, afterEach, before, it } from "node:test";
import type { Message } from "#core/outbox/message.js";
import { operatorOf } from "../cli/operator.js";
import { openSqlClient, type SqlClient } from "../contracts/sql-client.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { findFreePort } from "../engines/free-port.js";
import { givenMessage } from "../mail/given-message.js";
import {
  breakWay,
  type BrokenWay,
  type SinkOptions,
  type SmtpSink,
  startSink,
  type SunkMessage,
} from "../mail/smtp-sink.js";
import { openNode, type Node } from "../server/open-node.js";
import { nextAddress, request } from "../server/request.js";
import { poll } from "../server/poll.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import { type LogLine, type RunningServer, startServer } from "../server/start-server.js";
import { countEach } from "../server/tally.js";

const within = 30_000;

describeOnEveryEngine("messages on their way", (engine) => {
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
  const openSink = async (options?: SinkOptions): Promise<SmtpSink> => ending(await startSink(options));
  const openWay = async (sink: SmtpSink, how: "cut" | "silence"): Promise<BrokenWay> =>
    ending(await breakWay(sink.port, /\r\n\.\r\n/, how));
  const mailing = (port: number): Record<string, string> => ({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: "Example <no-reply@example.org>",
  });
  const start = async (port: number): Promise<RunningServer> =>
    ending(await startServer({ databaseUrl: database.url, env: mailing(port) }));
  const put = async (count: number): Promise<readonly Message[]> => {
    const messages = Array.from({ length: count }, () => givenMessage());
    for (const message of messages) await node.stores.outbox.append(message);
    return messages;
  };
  /** How often each of the messages came; nothing else came. */
  const expectOnce = (messages: readonly Message[], sunk: readonly SunkMessage[]): void => {
    const counts = countEach(sunk.map(({ mail }) => mail.messageId ?? ""));
    assert.deepEqual(
      counts,
      Object.fromEntries(
        messages
          .map(({ id }) => [`<${id}@example.org>`, 1] as const)
          .toSorted(([one], [other]) => Object.keys(counts).indexOf(one) - Object.keys(counts).indexOf(other)),
      ),
    );
  };
  const nothingWaits = () =>
    poll("nothing waits any more", within, async () => {
      const count = await node.stores.outbox.count();
      return count.waiting === 0 ? count : undefined;
    });
  const saidOf = (servers: readonly RunningServer[], event: string): readonly LogLine[] =>
    servers.flatMap(({ log }) => log.filter(({ msg }) => msg === event));
  /** Makes all that waits or is held due at once, as if its time had come. */
  const age = () => sql.run("update message set due_at = due_at - 300000 where state = 'waiting'");

  it("are sent once, whatever node they wait on", async (test) => {
    const sink = await openSink();
    const servers = (await startNodes(database.url, nodesFor(engine), { env: mailing(sink.port) })).map(ending);
    const messages = await put(100);
    await sink.waitFor(messages.length);
    await nothingWaits();
    expectOnce(messages, sink.messages);
    const shares = await poll("every server has told of its share", within, async () => {
      const told = servers.map((server) => saidOf([server], "message sent").length);
      return told.reduce((sum, share) => sum + share, 0) >= messages.length ? told : undefined;
    });
    assert.equal(
      shares.reduce((sum, share) => sum + share, 0),
      messages.length,
    );
    test.diagnostic(`${engine.name}: ${shares.join(" and ")} messages`);
  });

  it("are not lost when the server is killed, and sent once when it is there again", async () => {
    const port = await findFreePort();
    const server = await start(port);
    const messages = await put(20);
    await poll("all have failed once", within, async () =>
      saidOf([server], "message not sent").length >= messages.length ? true : undefined,
    );
    assert.deepEqual(await server.kill("SIGKILL"), { code: null, signal: "SIGKILL" });
    const sink = await openSink({ port });
    await age();
    await start(port);
    await sink.waitFor(messages.length);
    await nothingWaits();
    expectOnce(messages, sink.messages);
  });

  it("that a killed server held are sent again under the same Message-ID, at most once", async () => {
    const sink = await openSink();
    const way = await openWay(sink, "silence");
    const server = await start(way.port);
    const [message] = await put(1);
    assert.ok(message !== undefined);
    await sink.waitFor(1);
    await server.kill("SIGKILL");
    await start(sink.port);
    // Held until its lease is over.
    await put(1);
    await sink.waitFor(2);
    assert.equal(sink.messages.filter(({ mail }) => mail.messageId === `<${message.id}@example.org>`).length, 1);
    await age();
    await sink.waitFor(3);
    assert.deepEqual(await nothingWaits(), { waiting: 0, dead: 0 });
    assert.equal(sink.messages.filter(({ mail }) => mail.messageId === `<${message.id}@example.org>`).length, 2);
  });

  it("are sent at most twice under the same Message-ID when the connection is cut after DATA, and then are dead", async () => {
    const sink = await openSink();
    const way = await openWay(sink, "cut");
    const server = await start(way.port);
    const messages = await put(3);
    await sink.waitFor(messages.length);
    await poll("all are unknown", within, async () =>
      saidOf([server], "message not sent").length >= messages.length ? true : undefined,
    );
    await age();
    await sink.waitFor(2 * messages.length);
    assert.deepEqual(await nothingWaits(), { waiting: 0, dead: messages.length });
    await age();
    const ids = countEach(sink.messages.map(({ mail }) => mail.messageId ?? ""));
    assert.deepEqual(Object.values(ids), [2, 2, 2]);
    for (const line of saidOf([server], "message not sent")) assert.match(String(line["reason"]), /^unknown: /);
  });

  it("that are under way when the server is told to stop are finished first", async () => {
    const sink = await openSink({ answersAfter: 300 });
    const server = await start(sink.port);
    const messages = await put(5);
    await poll("it has begun", within, async () => (sink.connections > 0 ? true : undefined));
    assert.equal(await server.stop(), 0);
    const early = sink.messages.length;
    assert.ok(early > 0);
    await start(sink.port);
    await sink.waitFor(messages.length);
    await nothingWaits();
    expectOnce(messages, sink.messages);
  });

  it("do not keep a server from stopping, and are left to the next one", async () => {
    const silent = await openSink({ answersAfter: 600_000 });
    const server = await start(silent.port);
    const messages = await put(3);
    await poll("it waits for the greeting", within, async () => (silent.connections > 0 ? true : undefined));
    const began = performance.now();
    assert.equal(await server.stop(), 0);
    assert.ok(performance.now() - began < 10_000);
    const sink = await openSink();
    await start(sink.port);
    await sink.waitFor(messages.length);
    await nothingWaits();
    expectOnce(messages, sink.messages);
  });

  const call = (server: RunningServer, path: string, json: object) =>
    request(`${server.origin("/account")}${path}`, { json, address: nextAddress() });

  it("keep no caller waiting: the mail server has not said a word when all are answered", async () => {
    const silent = await openSink({ answersAfter: 600_000 });
    const server = await start(silent.port);
    const emails = Array.from({ length: 12 }, (_, at) => `ada${at}.${engine.name}@example.org`);
    const answers = await Promise.all(
      emails.map((email) => call(server, "/register/", { email, fullname: "Ada Lovelace" })),
    );
    assert.deepEqual(countEach(answers.map(({ status }) => String(status))), { "200": emails.length });
    await poll("it is asked to carry them", within, async () => (silent.connections > 0 ? true : undefined));
    const owner = `owner.${engine.name}@example.org`;
    await operatorOf(server, { DATABASE_URL: database.url }).ask(
      0,
      "user",
      "create",
      "--email",
      owner,
      "--verified",
      "--mount",
      "account",
    );
    const forgot = await Promise.all([owner, "nobody@example.org"].map((email) => call(server, "/forgot/", { email })));
    assert.deepEqual(forgot[0]?.text, forgot[1]?.text);
    assert.deepEqual(
      forgot.map(({ status }) => status),
      [200, 200],
    );
    assert.equal(silent.messages.length, 0);
  });

  it("keep no caller waiting for a mail server that is not there", async () => {
    const server = await start(await findFreePort());
    const answer = await call(server, "/register/", { email: `eve.${engine.name}@example.org`, fullname: "Eve" });
    assert.equal(answer.status, 200, answer.text);
    await server.findLog(({ msg }) => msg === "message not sent");
  });

  it("bring the code with which a registration is completed, in the language that was asked for", async () => {
    const sink = await openSink();
    const server = await start(sink.port);
    for (const [at, language] of (["en", "fa"] as const).entries()) {
      const email = `grace.${language}.${engine.name}@example.org`;
      const answer = await call(server, "/register/", { email, fullname: "Grace Hopper", language });
      assert.equal(answer.status, 200, answer.text);
      const mail = (await sink.waitFor(at + 1))[at]?.mail;
      assert.deepEqual(mail?.to, [{ name: "", address: email }]);
      assert.equal(mail?.headers.find(({ key }) => key === "content-language")?.value, language);
      const code = mail?.text?.split("\n").find((line) => /^\d{6}$/.test(line));
      assert.equal((await call(server, "/verify/", { email, code })).status, 201);
    }
  });
});
