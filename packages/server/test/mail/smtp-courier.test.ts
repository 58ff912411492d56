import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLetterWriter } from "#adapters/mail/letters.js";
import { createSmtpCourier, type SmtpCourier, type SmtpServer } from "#adapters/mail/smtp-courier.js";
import type { Delivery } from "#core/outbox/courier.js";
import type { Message } from "#core/outbox/message.js";
import { findFreePort } from "../engines/free-port.js";
import { givenLeasedMessage, givenMessage } from "./given-message.js";
import { breakWay, type SinkOptions, startSink, type SmtpSink } from "./smtp-sink.js";

const from = { name: "Beispiel, Ltd", address: "no-reply@example.org" };

const open = (port: number, over: Partial<SmtpServer> = {}): SmtpCourier =>
  createSmtpCourier({
    clock: { now: () => Date.now() },
    letters: createLetterWriter("Trilithon"),
    from,
    server: {
      host: "127.0.0.1",
      port,
      tls: "offered",
      credentials: undefined,
      answersIn: 2000,
      connections: 2,
      ...over,
    },
  });

const send = (courier: SmtpCourier, over: Partial<Message> = {}): Promise<Delivery> =>
  courier.send(givenLeasedMessage(over));

/** Sends one message to a sink like this, over whatever way. */
const sendTo = async (
  options: SinkOptions,
  over: Partial<SmtpServer> = {},
): Promise<{ readonly delivery: Delivery; readonly sink: SmtpSink }> => {
  const sink = await startSink(options);
  const courier = open(sink.port, over);
  try {
    return { delivery: await send(courier), sink };
  } finally {
    courier.close();
    await sink.close();
  }
};

describe("what the SMTP courier makes of a server that", () => {
  const outcomes: readonly (readonly [
    server: string,
    kind: Delivery["kind"],
    options: SinkOptions,
    accepted: number,
    over?: Partial<SmtpServer>,
  ])[] = [
    ["accepts", "sent", {}, 1],
    ["accepts, without PIPELINING", "sent", { server: { hidePIPELINING: true } }, 1],
    ["is slow, but within its time", "sent", { answersAfter: 200 }, 1, { answersIn: 1000 }],
    ["is slower than its time", "failed", { answersAfter: 600 }, 0, { answersIn: 200 }],
    ["refuses the recipient for now", "failed", { rcpt: () => "450 4.2.1 try later" }, 0],
    ["refuses the recipient for good", "refused", { rcpt: () => "550 5.1.1 no such user" }, 0],
    ["refuses the message for now", "failed", { data: () => "451 4.3.0 try later" }, 0],
    ["refuses the message for good", "refused", { data: () => "554 5.7.1 looks like spam" }, 0],
    ["refuses the message because it closes", "failed", { data: () => "421 4.3.2 closing" }, 0],
    ["wants to be signed in to", "failed", { server: { authOptional: false } }, 0],
    [
      "refuses the sender",
      "refused",
      {
        server: {
          onMailFrom: (_address, _session, callback) =>
            callback(Object.assign(new Error("not yours"), { responseCode: 553 })),
        },
      },
      0,
    ],
    [
      "has no room for anybody",
      "failed",
      {
        server: {
          onConnect: (_session, callback) => callback(Object.assign(new Error("go away"), { responseCode: 554 })),
        },
      },
      0,
    ],
    ["takes no message of this size", "refused", { server: { size: 10, rejectOversized: true } }, 0],
    ["does not let it sign in", "failed", {}, 0, { credentials: { user: "ada", password: "wrong" } }],
    ["lets it sign in", "sent", {}, 1, { credentials: { user: "ada", password: "right" } }],
    ["has no STARTTLS where it is required", "failed", {}, 0, { tls: "required" }],
    ["has a certificate that nobody vouches for", "failed", { server: { disabledCommands: [] } }, 0],
    ["has such a one, but no TLS is wanted", "sent", { server: { disabledCommands: [] } }, 1, { tls: "none" }],
    [
      "has such a one, in TLS from the first byte",
      "failed",
      { server: { secure: true } },
      0,
      { tls: "implicit", host: "localhost" },
    ],
  ];
  for (const [server, kind, options, accepted, over] of outcomes) {
    test(`${server}: ${kind}`, async () => {
      const { delivery, sink } = await sendTo(options, over);
      assert.equal(delivery.kind, kind, JSON.stringify(delivery));
      assert.equal(sink.messages.length, accepted);
      if (delivery.kind !== "sent") assert.ok(delivery.error.length > 0 && delivery.error.length <= 300);
      if (over?.credentials?.password === "right") assert.equal(sink.messages[0]?.user, "ada");
    });
  }

  test("is absent: failed", async () => {
    const port = await findFreePort();
    const courier = open(port);
    assert.deepEqual(await send(courier), { kind: "failed", error: `connect ECONNREFUSED 127.0.0.1:${port}` });
    courier.close();
  });

  test("has no name: failed", async () => {
    const courier = open(25, { host: "smtp.invalid" });
    assert.equal((await send(courier)).kind, "failed");
    courier.close();
  });

  const stages: readonly (readonly [stage: string, at: RegExp | "connection", kind: Delivery["kind"]])[] = [
    ["before its greeting", "connection", "failed"],
    ["after EHLO", /^EHLO/, "failed"],
    ["after MAIL", /^MAIL FROM/m, "failed"],
    ["after RCPT", /^RCPT TO/m, "failed"],
    ["after the command DATA", /^DATA\r\n/m, "failed"],
    ["after the first line of the message", /^DATA\r\n[\s\S]+^From: /m, "unknown"],
    ["after the end of the message", /^DATA\r\n[\s\S]+\r\n\.\r\n/m, "unknown"],
  ];
  for (const hidePIPELINING of [true, false])
    for (const [stage, at, kind] of stages)
      for (const how of ["cut", "silence"] as const) {
        const title = `is ${how === "cut" ? "cut off" : "silent"} ${stage}${hidePIPELINING ? "" : ", with PIPELINING"}: ${kind}`;
        test(title, async () => {
          const sink = await startSink({ server: { hidePIPELINING } });
          const way = await breakWay(sink.port, at, how);
          const courier = open(way.port, { answersIn: 300 });
          try {
            const delivery = await send(courier);
            assert.equal(delivery.kind, kind, JSON.stringify(delivery));
            assert.equal(sink.messages.length, kind === "unknown" ? 1 : 0);
          } finally {
            courier.close();
            await way.close();
            await sink.close();
          }
        });
      }
});

describe("the SMTP courier", () => {
  test("sends the same message under the same Message-ID and Date, whatever the attempt", async () => {
    const sink = await startSink();
    const courier = open(sink.port);
    const message = givenMessage({ createdAt: Date.now() - 61_000 });
    for (const attempt of [1, 2])
      assert.deepEqual(await courier.send(givenLeasedMessage({ ...message, attempt })), { kind: "sent" });
    courier.close();
    await sink.close();
    for (const { mail, from: sender, to } of sink.messages) {
      assert.deepEqual([sender, to], ["no-reply@example.org", ["ada@example.org"]]);
      assert.equal(mail.messageId, `<${message.id}@example.org>`);
      assert.equal(Date.parse(mail.date ?? ""), Math.floor(message.createdAt / 1000) * 1000);
      assert.deepEqual(mail.from, { name: "Beispiel, Ltd", address: "no-reply@example.org" });
      assert.deepEqual(mail.to, [{ name: "", address: "ada@example.org" }]);
      assert.equal(mail.headers.find(({ key }) => key === "auto-submitted")?.value, "auto-generated");
      assert.ok(!mail.headers.some(({ key }) => key === "x-mailer"));
    }
    assert.equal(sink.messages.length, 2);
    assert.equal(sink.connections, 1);
  });

  test("goes on over a new connection when the server has ended the idle one", async () => {
    const sink = await startSink({ server: { socketTimeout: 150 } });
    const courier = open(sink.port);
    assert.equal((await send(courier)).kind, "sent");
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal((await send(courier)).kind, "sent");
    courier.close();
    await sink.close();
    assert.equal(sink.messages.length, 2);
  });

  test("uses no more connections than it may", async () => {
    const sink = await startSink({ answersAfter: 20 });
    const courier = open(sink.port, { connections: 2 });
    const deliveries = await Promise.all(Array.from({ length: 10 }, () => send(courier)));
    courier.close();
    await sink.close();
    assert.ok(deliveries.every(({ kind }) => kind === "sent"));
    assert.equal(sink.messages.length, 10);
    assert.ok(sink.connections <= 2, String(sink.connections));
  });

  test("does not go on after the message's time is over", async () => {
    const sink = await startSink({ answersAfter: 5000 });
    const courier = open(sink.port, { answersIn: 60_000 });
    const delivery = await send(courier, { expiresAt: Date.now() + 200 });
    courier.close();
    await sink.close();
    assert.equal(delivery.kind, "failed");
    assert.equal(sink.messages.length, 0);
  });

  test("ends what is under way when it is closed, and says which of it may have arrived", async () => {
    const sink = await startSink();
    const way = await breakWay(sink.port, /\r\n\.\r\n/, "silence");
    const absent = await startSink({ answersAfter: 60_000 });
    const [late, early] = [open(way.port, { answersIn: 60_000 }), open(absent.port, { answersIn: 60_000 })];
    const deliveries = Promise.all([send(late), send(early)]);
    await sink.waitFor(1);
    late.close();
    early.close();
    assert.deepEqual(
      (await deliveries).map(({ kind }) => kind),
      ["unknown", "failed"],
    );
    assert.equal((await send(late)).kind, "failed");
    await way.close();
    await Promise.all([sink.close(), absent.close()]);
  });

  test("keeps addresses out of what it says of a failure", async () => {
    const { delivery } = await sendTo({ rcpt: (address) => `550 5.1.1 <${address}>: nobody here` });
    assert.deepEqual(delivery, {
      kind: "refused",
      error: "Can't send mail - all recipients were rejected: 550 5.1.1 <[e-mail]>: nobody here",
    });
  });

  test("checks a server without sending anything", async () => {
    const sink = await startSink();
    const courier = open(sink.port);
    assert.equal(await courier.check(), "ok");
    courier.close();
    await sink.close();
    assert.equal(sink.messages.length, 0);
    const wrong = open(sink.port);
    assert.equal(await wrong.check(), `connect ECONNREFUSED 127.0.0.1:${sink.port}`);
    wrong.close();
  });

  test("checks the credentials as well", async () => {
    const sink = await startSink();
    const courier = open(sink.port, { credentials: { user: "ada", password: "hunter2" } });
    const answer = await courier.check();
    courier.close();
    await sink.close();
    assert.match(answer, /^Invalid login: 535/);
    assert.ok(!answer.includes("hunter2"));
  });
});

describe("a hostile recipient, INP-07", () => {
  const recipients = [
    "ada@example.org\r\nBcc: eve@evil.example",
    "ada@example.org\nRCPT TO:<eve@evil.example>",
    "ada@example.org>\r\nRCPT TO:<eve@evil.example",
    "ada@example.org, eve@evil.example",
    "Ada <ada@example.org>",
    "friends: ada@example.org, eve@evil.example;",
    '"ada eve"@example.org',
    "ada@example.org\u0000",
    "ada@example.org\u2028x",
    "ada@exa\u202emple.org",
    "ada @example.org",
    "ada",
    "@example.org",
    "ada@",
    "ada@@example.org",
    "ada@example.org@evil.example",
    "",
  ];
  for (const to of recipients) {
    test(`${JSON.stringify(to)} gets nothing, nor does anybody else`, async () => {
      const sink = await startSink();
      const courier = open(sink.port);
      assert.deepEqual(await send(courier, { to }), {
        kind: "refused",
        error: "the recipient is no e-mail address",
      });
      courier.close();
      await sink.close();
      assert.equal(sink.connections, 0);
    });
  }

  test("an internationalised domain is reached by its A-label", async () => {
    const sink = await startSink();
    const courier = open(sink.port);
    assert.equal((await send(courier, { to: "ada@bücher.example" })).kind, "sent");
    courier.close();
    await sink.close();
    // The server shows it as people write it; over the wire it is ASCII.
    assert.match(sink.messages[0]?.raw ?? "", /^To: ada@xn--bcher-kva\.example\r$/m);
  });
});
