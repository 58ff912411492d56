import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { Message } from "#core/outbox/message.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { givenMessage } from "../mail/given-message.js";
import { startSink, type SmtpSink } from "../mail/smtp-sink.js";
import { openNode, type Node } from "../server/open-node.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

describeOnEveryEngine("trilithon inbox", (engine) => {
  let database: FreshDatabase;
  let server: RunningServer;
  let sink: SmtpSink;
  let node: Node;
  let isRefusing = true;
  let operator: Operator;
  let developer: Operator;
  before(async () => {
    database = await engine.freshDatabase();
    sink = await startSink({ rcpt: () => (isRefusing ? "550 5.1.1 <ada@example.org>: no such user" : undefined) });
    const env = { SMTP_URL: `smtp://127.0.0.1:${sink.port}`, MAIL_FROM: "no-reply@example.org" };
    server = await startServer({ databaseUrl: database.url, env });
    node = await openNode(database.url);
    operator = operatorOf(server, { DATABASE_URL: database.url, ...env });
    developer = operatorOf(server, { DATABASE_URL: database.url });
  });
  after(async () => {
    await node.close();
    await server.stop();
    await sink.close();
    await database.drop();
  });

  /** Until the server has buried it. */
  const bury = async (over: Partial<Message> = {}): Promise<Message> => {
    const message = givenMessage(over);
    isRefusing = true;
    await node.stores.outbox.append(message);
    await server.findLog(({ msg, messageId }) => msg === "message not sent" && messageId === message.id);
    return message;
  };

  it("lists what is dead and why, without a word of what it says", async () => {
    const message = await bury();
    const told = await operator.ask(0, "inbox", "--dead");
    const listed = told.list("messages").find((one) => one.at("messageId") === message.id);
    assert.deepEqual(listed?.value, {
      messageId: message.id,
      realm: "default",
      channel: "mail",
      state: "dead",
      kind: "registration-code",
      to: "ada@example.org",
      language: "en",
      accountId: null,
      createdAt: new Date(message.createdAt).toISOString(),
      expiresAt: new Date(message.expiresAt).toISOString(),
      attempts: 1,
      dueAt: listed?.text("dueAt"),
      finishedAt: listed?.text("finishedAt"),
      error: "Can't send mail - all recipients were rejected: 550 5.1.1 <[e-mail]>: no such user",
    });
    const { code = "" } = "code" in message.letter ? message.letter : {};
    for (const args of [["inbox"], ["inbox", "--dead"], ["inbox", "--json"]] as const) {
      const ran = await operator.run(...args);
      assert.equal(ran.code, 0);
      assert.ok(ran.stdout.includes(message.id) && !ran.stdout.includes(code), ran.stdout);
    }
    assert.ok(!server.output().includes(code));
    assert.ok(!server.output().includes("ada@example.org"));
  });

  it("shows the text where there is no mail server", async () => {
    const message = await bury();
    const { code = "" } = "code" in message.letter ? message.letter : {};
    assert.match((await developer.run("inbox")).stdout, new RegExp(`^${code}$`, "m"));
    const told = await developer.ask(0, "inbox");
    const listed = told.list("messages").find((one) => one.at("messageId") === message.id);
    assert.match(listed?.text("text") ?? "", /^Enter this code/);
  });

  it("has a dead message sent after all", async () => {
    const message = await bury({ letter: { kind: "password-changed", at: Date.now() } });
    isRefusing = false;
    const count = sink.messages.length;
    const told = await operator.ask(0, "inbox", "retry", message.id);
    assert.equal(told.at("state"), "waiting");
    const sunk = await sink.waitFor(count + 1);
    assert.equal(sunk.at(-1)?.mail.messageId, `<${message.id}@example.org>`);
    assert.equal((await operator.ask(0, "audit", "--kind", "message-retried")).list("events").length, 1);
    const again = await operator.run("inbox", "retry", message.id);
    assert.deepEqual([again.code, again.stderr], [1, "trilithon: the message is not dead: it waits, or was sent\n"]);
  });

  it("gives a code no more time than it has", async () => {
    const live = await bury();
    isRefusing = false;
    assert.equal(
      (await operator.ask(0, "inbox", "retry", live.id)).at("expiresAt"),
      new Date(live.expiresAt).toISOString(),
    );
    const over = givenMessage({ createdAt: Date.now() - 400_000 });
    await node.stores.outbox.append(over);
    const dead = async () => (await node.stores.outbox.find(over.id))?.state === "dead";
    while (!(await dead())) await new Promise((resolve) => setTimeout(resolve, 50));
    const ran = await operator.run("inbox", "retry", over.id);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /the code or link in the message is good no more/);
  });

  it("refuses what is no message", async () => {
    for (const id of ["msg_nothing", "", "' or 1=1 --"]) {
      const ran = await operator.run("inbox", "retry", id);
      assert.deepEqual([ran.code, /no message has this id/.test(ran.stderr)], [1, true], ran.stderr);
    }
    assert.equal((await operator.run("inbox", "retry")).code, 2);
    assert.equal((await operator.run("inbox", "retyr", "x")).code, 2);
  });

  it("is a line of doctor's, beside one on the mail server", async () => {
    const healthy = await operator.ask(0, "doctor");
    const finding = (check: string) => healthy.list("findings").find((one) => one.at("check") === check);
    assert.match(finding("mail")?.text("detail") ?? "", /^the SMTP server 127\.0\.0\.1:\d+ answers in \d+ ms$/);
    assert.equal(finding("messages")?.text("verdict"), "warning");
    assert.match(finding("messages")?.text("detail") ?? "", /^\d+ waiting, \d+ dead: `trilithon inbox --dead`/);
    const absent = operatorOf(server, {
      DATABASE_URL: database.url,
      SMTP_URL: "smtp://ada:hunter2@127.0.0.1:9",
      MAIL_FROM: "no-reply@example.org",
    });
    const ran = await absent.run("doctor");
    assert.equal(ran.code, 1);
    assert.match(
      ran.stdout,
      /WRONG +mail +SMTP_URL: the SMTP server 127\.0\.0\.1:9 cannot be used: connect ECONNREFUSED/,
    );
    assert.ok(!ran.stdout.includes("hunter2"));
    assert.match((await developer.run("doctor")).stdout, /- +mail +no SMTP_URL: nothing is sent/);
  });
});
