import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { after, before, describe, test } from "node:test";
import { createLetterWriter } from "#adapters/mail/letters.js";
import { createSmsWriter } from "#adapters/sms/sms-texts.js";
import { systemClock } from "#adapters/system/clock.js";
import { devInboxEndpoints } from "#contracts/hosted/dev-inbox.js";
import { defaultRealm } from "#core/ids.js";
import type { Message } from "#core/outbox/message.js";
import { createServer } from "#http/server.js";
import { openStores } from "../../conformance/open-stores.js";
import { availableEngines, describeOnEveryEngine } from "../../engines/engines.js";
import { givenMessage } from "../../mail/given-message.js";
import { codeFor, lettersTo, linkFor } from "../../server/inbox.js";
import { openNode, type Node } from "../../server/open-node.js";
import { request, type Response } from "../../server/request.js";
import type { ServerOptions } from "../../server/start-server.js";
import { useStage } from "../jwt/stage.js";

const paths = ["/dev/inbox", "/dev/inbox.json"] as const;
const nothing = { message: "Not found" };

describeOnEveryEngine("the development inbox", (engine) => {
  const stage = useStage(engine);
  let node: Node;
  before(async () => {
    node = await openNode(stage.databaseUrl);
  });
  after(() => node.close());

  const put = async (over: Partial<Message>): Promise<Message> => {
    const message = givenMessage(over);
    await node.stores.outbox.append(message);
    return message;
  };
  const ask = (path: string, headers: Readonly<Record<string, string | readonly string[]>> = {}) =>
    request(stage.server.url + path, { headers: { ...headers } as Record<string, string | string[]> });

  test("shows what waits, newest first, whole", async () => {
    const older = await put({ to: "order@example.org", createdAt: Date.now() - 2000 });
    const newer = await put({
      to: "order@example.org",
      language: "fa-IR",
      letter: { kind: "registration-link", link: "https://id.example.org/v?t=1&u=2", expiresIn: 60_000 },
    });
    const shown = await lettersTo(stage.server, "Order@example.org");
    assert.deepEqual(
      shown.map(({ id, language, kind, created_at }) => [id, language, kind, created_at]),
      [
        [newer.id, "fa", "registration-link", new Date(newer.createdAt).toISOString()],
        [older.id, "en", "registration-code", new Date(older.createdAt).toISOString()],
      ],
    );
    assert.deepEqual(Object.keys(shown[1] ?? {}), [
      "id",
      "realm",
      "channel",
      "to",
      "language",
      "kind",
      "subject",
      "text",
      "html",
      "created_at",
      "expires_at",
      "state",
      "code",
    ]);
    assert.equal(await linkFor(stage.server, "order@example.org"), "https://id.example.org/v?t=1&u=2");
    assert.equal(await codeFor(stage.server, "order@example.org"), "code" in older.letter ? older.letter.code : "");
  });

  test("says of a letter that is over that it is", async () => {
    await put({ to: "late@example.org", createdAt: Date.now() - 400_000 });
    const [shown] = await lettersTo(stage.server, "late@example.org");
    assert.equal(shown?.state, "expired");
  });

  test("holds nothing for whom nothing would be sent", async () => {
    await put({ to: "nobody@example.org", fate: "drop" });
    assert.deepEqual(await lettersTo(stage.server, "nobody@example.org"), []);
  });

  test("is a page that runs and loads nothing, and escapes everything", async () => {
    const markup = `<script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
    const at = Date.now();
    await put({ to: `${markup}@example.org`, letter: { kind: "identity-linked", provider: markup, at } });
    const answer = await ask("/dev/inbox");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(
      answer.headers["content-security-policy"],
      "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    assert.equal(answer.headers["cross-origin-resource-policy"], "same-origin");
    assert.doesNotMatch(answer.text, /<script|<img/i);
    assert.match(answer.text, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  });

  test("is the same JSON document for whoever asks by any name of this machine", async () => {
    const { port } = stage.server;
    for (const host of [`localhost:${port}`, "localhost", `127.0.0.1:${port}`, "127.8.9.10", `[::1]:${port}`]) {
      const answer = await ask("/dev/inbox.json", { host });
      assert.equal(answer.status, 200, host);
      assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
      assert.equal(answer.headers["cross-origin-resource-policy"], "same-origin");
    }
  });

  const attacks: readonly (readonly [attack: string, headers: Readonly<Record<string, string | readonly string[]>>])[] =
    [
      ["a name that was rebound to this machine", { host: "evil.example" }],
      ["a name that begins like this machine's", { host: "localhost.evil.example" }],
      ["a name that begins like its address", { host: "127.0.0.1.evil.example" }],
      ["a name that ends like this machine's", { host: "evil-localhost" }],
      ["an address of another machine", { host: "192.168.1.5:8080" }],
      ["an address that only looks like loopback", { host: "0.0.0.0" }],
      ["a name with a user before it", { host: "localhost@evil.example" }],
      ["a page of another origin", { origin: "https://evil.example" }],
      ["a page without an origin", { origin: "null" }],
      ["a page of this machine's other port", { origin: "http://localhost:3000" }],
      ["a proxy that names its caller", { "x-forwarded-for": "203.0.113.7" }],
      ["a proxy that calls its caller local", { "x-forwarded-for": "127.0.0.1" }],
      ["several proxies", { "x-forwarded-for": ["127.0.0.1", "127.0.0.1"] }],
      ["a proxy that says nothing", { "x-forwarded-for": "" }],
      ["a proxy that names its host", { "x-forwarded-host": "localhost" }],
      ["a proxy that names its scheme", { "x-forwarded-proto": "https" }],
      ["a proxy with an old name for it", { "x-forwarded": "for=127.0.0.1" }],
      ["a proxy by the standard", { forwarded: "for=127.0.0.1" }],
      ["nginx's own header", { "x-real-ip": "127.0.0.1" }],
      ["a gateway", { via: "1.1 gateway" }],
      ["a tunnel", { "cf-connecting-ip": "127.0.0.1" }],
      ["a content network", { "true-client-ip": "127.0.0.1" }],
    ];
  for (const [attack, headers] of attacks) {
    test(`is not there for ${attack}`, async () => {
      for (const path of paths) {
        const answer = await ask(path, headers);
        assert.deepEqual([answer.status, answer.json], [404, nothing]);
        assert.equal(answer.headers["access-control-allow-origin"], undefined);
      }
    });
  }

  test("tells no other origin's page that it may read", async () => {
    for (const path of paths) {
      const answer = await request(stage.server.url + path, {
        method: "OPTIONS",
        headers: { origin: "https://evil.example", "access-control-request-method": "GET" },
      });
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
  });

  test("takes nothing but GET and HEAD", async () => {
    for (const path of paths) {
      const answer = await request(stage.server.url + path, { method: "POST", body: "" });
      assert.deepEqual([answer.status, answer.headers["allow"]], [405, "GET, HEAD"]);
    }
  });
});

describe("the development inbox and other machines", () => {
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined)
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);

  test("is not there for a peer that is not this machine, whatever it says", async () => {
    const [engine] = availableEngines();
    assert.ok(engine !== undefined);
    const open = await openStores(engine);
    const server = await createServer({
      mounts: [],
      fallback: {
        name: "hosted",
        prefix: "",
        host: undefined,
        corsOrigins: [],
        endpoints: devInboxEndpoints({
          clock: systemClock,
          outboxes: async () => [{ realm: defaultRealm, outbox: open.realm.stores.outbox }],
          readable: ["mail", "sms"],
          letters: createLetterWriter("test"),
          texts: createSmsWriter("test"),
        }),
        speak: () => ({ status: 404, body: nothing }),
        told: () => "",
      },
      // So that a forged header could make the caller's address a loopback one.
      trustedProxies: ["127.0.0.0/8", "10.0.0.0/8", ...addresses],
      newRequestId: () => "req",
      onFailure: () => {},
    });
    try {
      const inject = (remoteAddress: string) =>
        server.inject({ url: "/dev/inbox.json", remoteAddress, headers: { host: "localhost" } });
      assert.equal((await inject("127.0.0.1")).statusCode, 200);
      assert.equal((await inject("::ffff:127.0.0.1")).statusCode, 200);
      for (const peer of ["10.1.2.3", "203.0.113.7", "::ffff:10.1.2.3", "fe80::1", "128.0.0.1"])
        assert.equal((await inject(peer)).statusCode, 404, peer);
      const url = new URL(await server.listen({ host: "0.0.0.0", port: 0 }));
      for (const address of addresses) {
        const answer: Response = await request(`http://${address}:${url.port}/dev/inbox.json`, {
          headers: { host: "localhost" },
        });
        assert.equal(answer.status, 404, address);
      }
    } finally {
      await server.close();
      await open.close();
    }
  });

  const elsewhere: readonly (readonly [where: string, options: Omit<ServerOptions, "databaseUrl">])[] = [
    ["in production", { env: { NODE_ENV: "production" }, config: { mounts: [{ contract: "jwt" }] } }],
    [
      "beside an SMTP server and a gateway",
      {
        env: {
          SMTP_URL: "smtp://127.0.0.1:9",
          MAIL_FROM: "no-reply@example.org",
          SMS_URL: "http://127.0.0.1:9",
        },
      },
    ],
  ];
  for (const [where, options] of elsewhere)
    describe(where, () => {
      const [engine] = availableEngines();
      assert.ok(engine !== undefined);
      const stage = useStage(engine, options);
      test("is not there", async () => {
        for (const path of paths) {
          const answer = await request(stage.server.url + path);
          assert.deepEqual([answer.status, answer.json], [404, nothing]);
        }
      });
    });

  const halves: readonly (readonly [where: string, env: Record<string, string>, readonly string[]])[] = [
    ["beside an SMTP server", { SMTP_URL: "smtp://127.0.0.1:9", MAIL_FROM: "no-reply@example.org" }, ["sms"]],
    ["beside a gateway", { SMS_URL: "http://127.0.0.1:9" }, ["mail"]],
    ["beside neither", {}, ["sms", "mail"]],
  ];
  for (const [where, env, channels] of halves)
    describe(where, () => {
      const [engine] = availableEngines();
      assert.ok(engine !== undefined);
      const stage = useStage(engine, { env });
      test("shows what has no way out, and nothing else", async () => {
        const node = await openNode(stage.databaseUrl);
        const message = givenMessage({ channel: "sms", createdAt: Date.now() + 10_000 });
        for (const one of [givenMessage(), message]) await node.stores.outbox.append(one);
        await node.close();
        const shown = await lettersTo(stage.server);
        assert.deepEqual(
          shown.map(({ channel }) => channel),
          channels,
        );
        for (const { id, ...others } of shown.filter(({ channel }) => channel === "sms")) {
          assert.equal(id, message.id);
          const { code = "" } = "code" in message.letter ? message.letter : {};
          assert.deepEqual(others, {
            realm: "default",
            channel: "sms",
            to: message.to,
            language: "en",
            kind: "registration-code",
            text: `${code}\nlocalhost: your code to register. Good for 5 minutes. Tell it to nobody.`,
            created_at: new Date(message.createdAt).toISOString(),
            expires_at: new Date(message.expiresAt).toISOString(),
            state: "waiting",
            code,
          });
          const page = await request(`${stage.server.url}/dev/inbox`);
          assert.match(page.text, /SMS to <bdi>\+989121234567<\/bdi>/);
          for (const to of ["%2B989121234567", "+989121234567"]) {
            const found = await request(`${stage.server.url}/dev/inbox.json?to=${to}`);
            assert.match(found.text, new RegExp(message.id), to);
          }
        }
      });
    });

  describe("beside a mount at the root that every origin's page may call", () => {
    const [engine] = availableEngines();
    assert.ok(engine !== undefined);
    const stage = useStage(engine, {
      config: { mounts: [{ contract: "account", prefix: "/", cors: { origins: ["*"] } }] },
    });
    test("lets no other origin's page read it", async () => {
      for (const path of paths) {
        assert.equal((await request(stage.server.url + path)).status, 200);
        const answer = await request(stage.server.url + path, { headers: { origin: "https://evil.example" } });
        assert.equal(answer.status, 404);
        assert.ok(!answer.text.includes("messages"));
      }
    });
  });
});
