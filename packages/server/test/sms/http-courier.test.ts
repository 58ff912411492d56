import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { createHttpCourier, type HttpCourier } from "#adapters/sms/http-courier.js";
import { createSmsWriter } from "#adapters/sms/sms-texts.js";
import type { Delivery } from "#core/outbox/courier.js";
import type { LeasedMessage } from "#core/outbox/outbox-store.js";
import type { SmsGateway } from "#core/outbox/sms-gateway.js";
import { type SmsTemplateName, smsTemplates } from "#settings/sms-templates.js";
import { findFreePort } from "../engines/free-port.js";
import { givenLeasedMessage } from "../mail/given-message.js";
import { type Behaviour, type SmsSink, startSmsSink } from "./sms-sink.js";

const secret = "planted/secret?&#%+ä";

const given = (sink: { readonly url: string }, over: Partial<SmsGateway> = {}): SmsGateway => ({
  name: "first",
  url: sink.url,
  template: smsTemplates.plain,
  from: "",
  user: "",
  secret: "",
  answersIn: 2_000,
  ...over,
});

const courierTo = (gateways: readonly SmsGateway[], over: { readonly isProduction?: boolean } = {}): HttpCourier =>
  createHttpCourier({
    clock: { now: () => Date.now() },
    texts: createSmsWriter("Example"),
    gateways,
    isProduction: false,
    ...over,
  });

const sms = (over: Partial<LeasedMessage> = {}): LeasedMessage =>
  givenLeasedMessage({ channel: "sms", gateway: "first", ...over });

const sendTo = async (
  behaviour: Behaviour,
  {
    gateway = {},
    message = {},
  }: { readonly gateway?: Partial<SmsGateway>; readonly message?: Partial<LeasedMessage> } = {},
): Promise<{ readonly delivery: Delivery; readonly sink: SmsSink }> => {
  const sink = await startSmsSink({ behave: () => behaviour });
  try {
    return { delivery: await courierTo([given(sink, gateway)]).send(sms(message)), sink };
  } finally {
    await sink.close();
  }
};

describe("the HTTP courier", () => {
  test("posts to, text and id, and knows the message by its id at each attempt", async () => {
    const sink = await startSmsSink();
    const courier = courierTo([given(sink)]);
    const message = sms({ letter: { kind: "sign-in-code", code: "042137", expiresIn: 300_000 } });
    for (const attempt of [1, 2]) assert.deepEqual(await courier.send({ ...message, attempt }), { kind: "sent" });
    await sink.close();
    for (const { method, path, headers, fields } of sink.requests) {
      assert.deepEqual([method, path], ["POST", "/send"]);
      assert.equal(headers["content-type"], "application/json");
      assert.equal(headers["idempotency-key"], message.id);
      assert.equal(headers.authorization, undefined);
      assert.deepEqual(fields, {
        to: "+989121234567",
        text: "042137\nExample: your code to sign in. Good for 5 minutes. Tell it to nobody.",
        id: message.id,
      });
    }
    assert.equal(sink.requests.length, 2);
  });

  for (const status of [200, 201, 202, 204, 299])
    test(`takes ${String(status)} as accepted, whatever the body`, async () => {
      assert.deepEqual((await sendTo({ status })).delivery, { kind: "sent" });
    });
  for (const behaviour of ["flood", "drip", "cut-body"] as const)
    test(`takes the head of a 200 as accepted, its body (${behaviour}) unread`, async () => {
      const began = performance.now();
      const { delivery, sink } = await sendTo(behaviour);
      assert.deepEqual(delivery, { kind: "sent" });
      assert.ok(performance.now() - began < 1_500 && sink.written < 8_000_000, String(sink.written));
    });

  const judged: readonly (readonly [what: string, behaviour: Behaviour, delivery: Delivery])[] = [
    ...[401, 402, 403, 404, 409, 429, 499].map((status): readonly [string, Behaviour, Delivery] => [
      `${String(status)}, which refuses for now`,
      { status },
      { kind: "failed", error: `first: it answered ${String(status)}`, next: { gateway: "first", isAtOnce: false } },
    ]),
    ...[400, 413, 422].map((status): readonly [string, Behaviour, Delivery] => [
      `${String(status)}, which refuses this message`,
      { status },
      { kind: "refused", error: `first: it answered ${String(status)}` },
    ]),
    ...[500, 501, 502, 503, 504, 301, 302, 303, 307, 308].map((status): readonly [string, Behaviour, Delivery] => [
      `${String(status)}, behind which it may have been taken`,
      { status, headers: { location: "http://169.254.169.254/latest" } },
      { kind: "unknown", error: `first: it answered ${String(status)}` },
    ]),
    ["silence", "stall", { kind: "unknown", error: "first: too-slow" }],
    ["a hung-up connection", "cut", { kind: "unknown", error: "first: ECONNRESET" }],
  ];
  for (const [what, behaviour, delivery] of judged)
    test(`judges ${what}`, async () => {
      const { delivery: judgement, sink } = await sendTo(behaviour, { gateway: { answersIn: 500 } });
      assert.deepEqual(judgement, delivery);
      assert.equal(sink.requests.length, 1, "nothing is followed or repeated");
    });

  test("knows that a gateway which cannot be reached has nothing", async () => {
    const courier = courierTo([given({ url: `http://127.0.0.1:${String(await findFreePort())}/` })]);
    assert.deepEqual(await courier.send(sms()), {
      kind: "failed",
      error: "first: ECONNREFUSED",
      next: { gateway: "first", isAtOnce: false },
    });
  });

  test("knows that one which never ends its TLS has nothing", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const courier = courierTo([given({ url: `https://127.0.0.1:${String(address.port)}/` }, { answersIn: 300 })]);
    const delivery = await courier.send(sms());
    assert.deepEqual(delivery, {
      kind: "failed",
      error: "first: too-slow",
      next: { gateway: "first", isAtOnce: false },
    });
    server.close();
  });

  test("sends nothing whose time is over, and nobody what is no number", async () => {
    const sink = await startSmsSink();
    const courier = courierTo([given(sink)]);
    const over = await courier.send(sms({ createdAt: Date.now() - 400_000 }));
    assert.equal(over.kind, "failed");
    for (const to of ["ada@example.org", "+", "989121234567", "+98912123456712345", "+98\n912", ""])
      assert.deepEqual(await courier.send(sms({ to })), { kind: "refused", error: "the recipient is no number" });
    courier.close();
    assert.equal((await courier.send(sms())).kind, "failed");
    await sink.close();
    assert.equal(sink.connections, 0);
  });

  test("waits no longer than the message is good", async () => {
    const began = performance.now();
    const { delivery } = await sendTo("stall", { message: { expiresAt: Date.now() + 300 } });
    assert.equal(delivery.kind, "unknown");
    assert.ok(performance.now() - began < 1_500);
  });

  test("gives up what is under way when it is closed", async () => {
    const sink = await startSmsSink({ behave: () => "stall" });
    const courier = courierTo([given(sink)]);
    const sent = courier.send(sms());
    await sink.waitFor(1);
    courier.close();
    assert.equal((await sent).kind, "unknown");
    await sink.close();
  });
});

describe("several gateways", () => {
  let sinks: readonly SmsSink[];
  let behaviours: Behaviour[];
  let courier: HttpCourier;
  before(async () => {
    sinks = await Promise.all([0, 1, 2].map((at) => startSmsSink({ behave: () => behaviours[at] ?? { status: 202 } })));
    const [first, second, third] = sinks;
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    courier = courierTo([given(first), given(second, { name: "second" }), given(third, { name: "third" })]);
  });
  after(() => Promise.all(sinks.map((sink) => sink.close())));

  const rows: readonly (readonly [
    what: string,
    message: Partial<LeasedMessage>,
    answer: Behaviour,
    delivery: Delivery,
  ])[] = [
    [
      "a refusal passes the message on at once",
      {},
      { status: 402 },
      { kind: "failed", error: "first: it answered 402", next: { gateway: "second", isAtOnce: true } },
    ],
    [
      "so does a refusal of this message",
      {},
      { status: 400 },
      { kind: "failed", error: "first: it answered 400", next: { gateway: "second", isAtOnce: true } },
    ],
    [
      "a refusal by the last one begins anew after a pause",
      { gateway: "third" },
      { status: 402 },
      { kind: "failed", error: "third: it answered 402", next: { gateway: "first", isAtOnce: false } },
    ],
    [
      "a refusal of this message by the last one ends it",
      { gateway: "third" },
      { status: 400 },
      { kind: "refused", error: "third: it answered 400" },
    ],
    ["an unknown outcome stays where it is", {}, { status: 500 }, { kind: "unknown", error: "first: it answered 500" }],
    [
      "a refusal after an unknown outcome is the end",
      { mayHaveArrived: true },
      { status: 402 },
      { kind: "refused", error: "first: it answered 402, but it may have taken the message before" },
    ],
    [
      "a gateway that is not configured any more is passed over",
      { gateway: "former" },
      { status: 202 },
      {
        kind: "failed",
        error: "the gateway former is not configured any more",
        next: { gateway: "first", isAtOnce: true },
      },
    ],
    [
      "but not when it may have taken the message",
      { gateway: "former", mayHaveArrived: true },
      { status: 202 },
      { kind: "refused", error: "the gateway former is not configured any more, and may have taken the message" },
    ],
    ["an accepted retry is sent", { mayHaveArrived: true, gateway: "second" }, { status: 202 }, { kind: "sent" }],
  ];
  for (const [what, message, answer, delivery] of rows)
    test(what, async () => {
      behaviours = [answer, answer, answer];
      const before = sinks.map(({ requests }) => requests.length);
      assert.deepEqual(await courier.send(sms(message)), delivery);
      const asked = sinks.flatMap(({ requests }, at) => (requests.length > (before[at] ?? 0) ? [at] : []));
      const at = ["first", "second", "third"].indexOf(message.gateway ?? "first");
      assert.deepEqual(asked, at === -1 ? [] : [at], "one attempt asks one gateway");
    });

  test("a gateway that is down after an unknown outcome is asked again, and no other", async () => {
    const lost = courierTo([
      given({ url: `http://127.0.0.1:${String(await findFreePort())}/` }),
      given(sinks[1] ?? { url: "" }, { name: "second" }),
    ]);
    assert.deepEqual(await lost.send(sms({ mayHaveArrived: true })), { kind: "failed", error: "first: ECONNREFUSED" });
  });

  test("are all connected to, and asked nothing, by a check", async () => {
    const before = sinks.map(({ requests }) => requests.length);
    assert.deepEqual(await courier.check(), [
      { gateway: "first", answer: "ok" },
      { gateway: "second", answer: "ok" },
      { gateway: "third", answer: "ok" },
    ]);
    assert.deepEqual(
      sinks.map(({ requests }) => requests.length),
      before,
    );
    const lost = courierTo([given({ url: `http://127.0.0.1:${String(await findFreePort())}/` })]);
    assert.deepEqual(await lost.check(), [{ gateway: "first", answer: "ECONNREFUSED" }]);
  });
});

describe("addresses that no gateway may have", () => {
  const rows: readonly (readonly [url: string, isProduction: boolean, reason: string])[] = [
    ["http://169.254.169.254/latest", false, "address-not-public"],
    ["https://169.254.169.254/latest", true, "address-not-public"],
    ["http://[::ffff:169.254.169.254]/", false, "address-not-public"],
    ["http://2852039166/", false, "address-not-public"],
    ["http://0.0.0.0:9/", false, "address-not-public"],
    ["http://10.0.0.1/", true, "scheme-not-https"],
    ["http://sms.example.org/", true, "scheme-not-https"],
    ["http://localhost.example.org/", true, "scheme-not-https"],
  ];
  for (const [url, isProduction, reason] of rows)
    test(`${url}${isProduction ? " in production" : ""}`, async () => {
      const courier = courierTo([given({ url })], { isProduction });
      assert.deepEqual(await courier.send(sms()), {
        kind: "failed",
        error: `first: ${reason}`,
        next: { gateway: "first", isAtOnce: false },
      });
    });
});

describe("templates", () => {
  const message = sms({ letter: { kind: "recovery-code", code: "000042", expiresIn: 300_000 }, language: "fa" });
  const text = createSmsWriter("Example").write(message.letter, "fa");
  const basic = `Basic ${Buffer.from(`AC1:${secret}`).toString("base64")}`;

  /** What a gateway of this template gets. */
  const gets = async (template: SmsTemplateName | SmsGateway["template"], over: Partial<SmsGateway> = {}) => {
    const sink = await startSmsSink();
    const kind = typeof template === "string" ? smsTemplates[template] : template;
    const path = "url" in kind && typeof kind.url === "string" ? kind.url.replace(/^https:\/\/[^/]+/, "") : "/send";
    const url = `http://127.0.0.1:${String(sink.port)}${path}`;
    await courierTo([given({ url }, { template: kind, ...over })]).send(message);
    await sink.close();
    const [request, ...more] = sink.requests;
    assert.ok(request !== undefined && more.length === 0);
    return request;
  };

  test("plain, with a user", async () => {
    const { headers, fields } = await gets("plain", { user: "AC1", secret, from: "Example" });
    assert.equal(headers.authorization, basic);
    assert.deepEqual(fields, { to: message.to, text, id: message.id, from: "Example" });
  });
  test("plain, with a token", async () => {
    assert.equal((await gets("plain", { secret: "t0k3n" })).headers.authorization, "Bearer t0k3n");
  });
  test("twilio", async () => {
    const { path, headers, fields } = await gets("twilio", { user: "AC1", secret, from: "+15005550006" });
    assert.equal(path, "/2010-04-01/Accounts/AC1/Messages.json");
    assert.equal(headers.authorization, basic);
    assert.deepEqual(fields, { To: message.to, From: "+15005550006", Body: text });
  });
  test("vonage", async () => {
    const { path, headers, fields } = await gets("vonage", { user: "key", secret, from: "Example" });
    assert.equal(path, "/sms/json");
    assert.equal(headers.authorization, undefined);
    assert.deepEqual(fields, {
      api_key: "key",
      api_secret: secret,
      from: "Example",
      to: "989121234567",
      text,
      type: "unicode",
      "client-ref": message.id,
    });
  });
  test("kavenegar", async () => {
    const { path, fields } = await gets("kavenegar", { secret, from: "10004346" });
    assert.equal(path, `/v1/${encodeURIComponent(secret)}/sms/send.json`);
    const { localid, ...others } = fields;
    assert.deepEqual(others, { receptor: "00989121234567", sender: "10004346", message: text });
    assert.match(String(localid), /^\d{1,19}$/);
    assert.ok(BigInt(String(localid)) < 2n ** 63n);
    assert.equal((await gets("kavenegar", { secret })).fields["localid"], localid, "the same for the same message");
  });
  test("one's own, with nested fields, constants and a query", async () => {
    const fields = { messages: [{ to: "{digits}", body: "{text}{unknown}", flash: false }], n: 1, from: "{from}" };
    const json = await gets(
      { ...smsTemplates.plain, method: "PUT", headers: { "X-Key": "{secret}" }, fields },
      { secret: "s" },
    );
    assert.deepEqual([json.method, json.headers["x-key"]], ["PUT", "s"]);
    assert.deepEqual(json.fields, { messages: [{ to: "989121234567", body: `${text}{unknown}`, flash: false }], n: 1 });
    const query = await gets({
      ...smsTemplates.plain,
      method: "GET",
      encoding: "query",
      fields: { to: "{to}", t: "{text}" },
    });
    assert.deepEqual([query.method, query.body], ["GET", ""]);
    assert.deepEqual(query.fields, { to: message.to, t: text });
  });

  test("what is filled in is not read again", async () => {
    const sink = await startSmsSink();
    const texts = { write: () => 'a {secret} {to} "\\ \n\u0000 \u202e' };
    const courier = createHttpCourier({
      clock: { now: () => Date.now() },
      texts,
      gateways: [given(sink, { secret })],
      isProduction: false,
    });
    await courier.send(message);
    await sink.close();
    assert.equal(sink.requests[0]?.fields["text"], texts.write());
  });

  const verdicts: readonly (readonly [SmsTemplateName, Behaviour, Delivery["kind"]])[] = [
    ["twilio", { status: 201, body: { sid: "SM1", status: "queued", error_code: null } }, "sent"],
    ["twilio", { status: 201, body: { sid: "SM1", status: "failed", error_code: 30008 } }, "refused"],
    ["twilio", { status: 201, body: { sid: "SM1", status: "canceled" } }, "failed"],
    ["twilio", { status: 201, body: { sid: "SM1", status: "brand-new" } }, "unknown"],
    ["twilio", { status: 201, body: "<xml/>" }, "unknown"],
    ["twilio", { status: 400, body: { code: 21_211, message: "invalid 'To' +989121234567" } }, "refused"],
    ["twilio", { status: 401, body: { code: 20_003 } }, "failed"],
    ["twilio", { status: 429, body: { code: 20_429 } }, "failed"],
    ["vonage", { status: 200, body: { "message-count": "1", messages: [{ to: "98912", status: "0" }] } }, "sent"],
    ["vonage", { status: 200, body: { messages: [{ status: "0" }, { status: "0" }] } }, "sent"],
    ["vonage", { status: 200, body: { messages: [{ status: "1", "error-text": "Throttled" }] } }, "failed"],
    ["vonage", { status: 200, body: { messages: [{ status: 4 }] } }, "failed"],
    ["vonage", { status: 200, body: { messages: [{ status: "7" }] } }, "refused"],
    ["vonage", { status: 200, body: { messages: [{ status: "5" }] } }, "unknown"],
    ["vonage", { status: 200, body: { messages: [{ status: "0" }, { status: "1" }] } }, "unknown"],
    ["vonage", { status: 200, body: { messages: [] } }, "unknown"],
    ["vonage", { status: 200, body: { messages: "0" } }, "unknown"],
    ["vonage", { status: 200, body: "" }, "unknown"],
    ["vonage", "flood", "unknown"],
    ["vonage", "drip", "unknown"],
    ["vonage", "cut-body", "unknown"],
    ["vonage", { status: 500 }, "unknown"],
    ["kavenegar", { status: 200, body: { return: { status: 200, message: "تایید شد" }, entries: [] } }, "sent"],
    ["kavenegar", { status: 200, body: { return: { status: 418 } } }, "unknown"],
    ["kavenegar", { status: 411, body: { return: { status: 411 } } }, "refused"],
    ["kavenegar", { status: 418, body: { return: { status: 418 } } }, "failed"],
    ["kavenegar", { status: 409, body: { return: { status: 409 } } }, "failed"],
    ["kavenegar", { status: 504 }, "unknown"],
  ];
  for (const [name, behaviour, kind] of verdicts)
    test(`${name}: ${JSON.stringify(behaviour)} is ${kind}`, async () => {
      const gateway = { template: smsTemplates[name], user: "AC1", secret, from: "Example", answersIn: 700 };
      const { delivery, sink } = await sendTo(behaviour, { gateway });
      assert.equal(delivery.kind, kind);
      if (delivery.kind !== "sent") assert.doesNotMatch(delivery.error, /planted|98912/);
      assert.ok(sink.written < 8_000_000);
    });
});
