import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { endpoints } from "./endpoints.js";
import { otherCompany } from "./key-rows.js";
import { useStage } from "./stage.js";

const app = "https://app.example.org";
const shop = "https://shop.example.org";

describeOnEveryEngine("browser clients of other origins", (engine) => {
  const stage = useStage(engine);
  const keys = async () => ({
    app: (await stage.keyWith({ origins: [app] })).key,
    shop: (await stage.keyWith({ origins: [shop, "http://localhost:3000"] })).key,
  });
  const originFor = async (sent: Parameters<typeof stage.ask>[0]): Promise<string | undefined> => {
    const { headers } = await stage.ask(sent);
    assert.equal(headers["access-control-allow-credentials"], undefined);
    assert.ok(headers["vary"]?.split(", ").includes("Origin"));
    return headers["access-control-allow-origin"];
  };

  for (const { method, path } of endpoints) {
    test(`${method} ${path} may be asked for from every origin that a key of the company lists`, async () => {
      await keys();
      const preflight = (origin: string) => ({
        path,
        method: "OPTIONS",
        key: null,
        headers: {
          origin,
          "access-control-request-method": method,
          "access-control-request-headers": "x-api-key, authorization, content-type",
        },
      });
      for (const origin of [app, shop, "http://localhost:3000"]) {
        const answer = await stage.ask(preflight(origin));
        assert.deepEqual([answer.status, answer.text], [204, ""]);
        assert.equal(answer.headers["access-control-allow-origin"], origin);
        assert.ok(answer.headers["access-control-allow-methods"]?.split(", ").includes(method));
        const allowed = answer.headers["access-control-allow-headers"]?.split(", ") ?? [];
        for (const name of ["Authorization", "Content-Type", "X-Api-Key", "X-Timestamp", "X-Nonce", "Accept-Language"])
          assert.ok(allowed.includes(name), name);
      }
      for (const origin of [
        "https://evil.example.org",
        "null",
        `${app}.evil.example`,
        `${app}:8443`,
        "http://app.example.org",
      ])
        assert.equal(await originFor(preflight(origin)), undefined, origin);
    });
  }

  test("an answer may be read by the origins of its own key alone", async () => {
    const own = await keys();
    const ask = (key: string, origin: string) => originFor({ path: "/user", key, headers: { origin } });
    assert.equal(await ask(own.app, app), app);
    assert.equal(await ask(own.app, shop), undefined);
    assert.equal(await ask(own.shop, shop), shop);
    assert.equal(await ask(own.shop, app), undefined);
  });

  test("what is refused before a key is known may be read by the origins of any", async () => {
    await keys();
    const ask = (key: string | null, origin: string) => originFor({ path: "/user", key, headers: { origin } });
    assert.equal(await ask(null, app), app);
    assert.equal(await ask("x", shop), shop);
    assert.equal(await ask("x", "https://evil.example.org"), undefined);
  });

  test("a page may read what tells it why it was refused, and when to come again", async () => {
    const { app: key } = await keys();
    const { headers } = await stage.ask({ path: "/user", key, headers: { origin: app } });
    const exposed = headers["access-control-expose-headers"]?.split(", ") ?? [];
    for (const name of ["X-Request-Id", "Retry-After", "WWW-Authenticate", "Allow"]) assert.ok(exposed.includes(name));
  });

  test("origins of disabled keys and of other companies are nobody's", async () => {
    const gone = "https://gone.example.org";
    const { id } = await stage.makeKey({ policy: { origins: [gone] } });
    const preflight = (origin: string, prefix = "/default/v2") => ({
      path: "/user",
      method: "OPTIONS",
      prefix,
      key: null,
      headers: { origin, "access-control-request-method": "GET" },
    });
    assert.equal(await originFor(preflight(gone)), gone);
    await stage.cli("key", "disable", id);
    assert.equal(await originFor(preflight(gone)), undefined);
    await keys();
    const company = await otherCompany(stage);
    assert.equal(await originFor(preflight(app, `/${company}/v2`)), undefined);
  });
});
