import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { availableEngines } from "../engines/engines.js";
import { nextAddress, request } from "../server/request.js";
import { countStatuses } from "../server/tally.js";
import { openBrowser, type Visit } from "./browser.js";
import { appUri, givenToApp, tempTokenIn } from "./handoff-page.js";
import { useHandoffStage } from "./handoff-stage.js";
import { type HostileProvider, sign, startHostileProvider } from "./hostile-provider.js";

const callback = "/mobile/callback/one/";

describe("the way back from a provider", () => {
  const [sqlite] = availableEngines();
  assert.ok(sqlite);
  let provider: HostileProvider;
  const names = ["one", "other", "flooded", "rotated", "posting", "declining"];
  const stage = useHandoffStage(sqlite, {
    config: async () => {
      provider = await startHostileProvider();
      return {
        mounts: [
          { contract: "account", handoff: { redirectUris: [appUri] } },
          { contract: "account", name: "second", prefix: "/second", handoff: { redirectUris: [appUri] } },
          {
            contract: "account",
            name: "without",
            prefix: "/without",
            handoff: { redirectUris: [appUri] },
            providers: [],
          },
        ],
        providers: names.map((name) => ({
          name,
          issuer: provider.issuer(name),
          clientId: provider.clientId,
          ...(name === "posting" ? { title: "Posting Inc." } : {}),
        })),
      };
    },
  });
  after(() => provider.stop());

  /** A browser that is about to come back, and the address at which it would. */
  const aboutToReturn = async (name = "one", browser = openBrowser()) => {
    const query = new URLSearchParams({ redirect_uri: appUri, provider: name });
    const begun = await browser.step(`${stage.base}/mobile/login/?${query}`);
    assert.equal(begun.status, 303, begun.text);
    const there = await browser.step(String(begun.headers.location));
    return { browser, begun, back: String(there.headers.location) };
  };
  const expectRefused = (visit: Visit, status = 400) => {
    assert.ok(!visit.isAtApp, visit.url);
    assert.equal(visit.answer.status, status, visit.answer.text);
    assert.match(visit.answer.text, /role="alert"/);
  };

  it("is asked for with state, nonce, PKCE and the address below the mount", async () => {
    const { begun } = await aboutToReturn();
    const asked = new URL(String(begun.headers.location));
    assert.equal(`${asked.origin}${asked.pathname}`, `${provider.issuer("one")}/authorize`);
    const { state, nonce, code_challenge: challenge, ...others } = Object.fromEntries(asked.searchParams);
    assert.deepEqual(others, {
      client_id: provider.clientId,
      redirect_uri: `${stage.base}${callback}`,
      scope: "openid email profile",
      response_type: "code",
      code_challenge_method: "S256",
    });
    for (const secret of [state, nonce, challenge]) assert.match(secret ?? "", /^[\w-]{43}$/);
    const cookie = String(begun.headers["set-cookie"]);
    assert.match(cookie, /^handoff=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/);
    assert.equal(begun.headers["referrer-policy"], "no-referrer");
    assert.equal(begun.headers["cache-control"], "no-store");
  });

  it("works once", async () => {
    const { browser, back } = await aboutToReturn();
    const [first, again] = [await browser.get(back), await browser.get(back)];
    tempTokenIn(first);
    expectRefused(again);
  });

  it("works for one of 16 at once", async () => {
    const { browser, back } = await aboutToReturn();
    const answers = await Promise.all(Array.from({ length: 16 }, () => browser.step(back)));
    assert.deepEqual(countStatuses(answers), { 303: 1, 400: 15 });
  });

  it("is closed to another browser, and then to the first", async () => {
    const { browser, back } = await aboutToReturn();
    expectRefused(await openBrowser().get(back));
    expectRefused(await browser.get(back));
    const other = await aboutToReturn();
    const third = await aboutToReturn("one", other.browser);
    tempTokenIn(await other.browser.get(third.back));
    // Several tabs go on beside each other.
    tempTokenIn(await other.browser.get(other.back));
  });

  it("is closed to a cookie that somebody made up", async () => {
    const { back } = await aboutToReturn();
    const answer = await request(back, { address: nextAddress(), headers: { cookie: `handoff=${"A".repeat(43)}` } });
    assert.equal(answer.status, 400);
  });

  it("is closed to an answer with another visit's state", async () => {
    const [mine, theirs] = [await aboutToReturn(), await aboutToReturn()];
    const mixed = new URL(mine.back);
    mixed.searchParams.set("state", new URL(theirs.back).searchParams.get("state") ?? "");
    expectRefused(await mine.browser.get(mixed.href));
    // A code that was injected into another flow fails by nonce.
    const injected = new URL(mine.back);
    injected.searchParams.set("code", new URL(theirs.back).searchParams.get("code") ?? "");
    expectRefused(await mine.browser.get(injected.href));
  });

  it("is closed to another provider's answer", async () => {
    const { browser, back } = await aboutToReturn("one");
    expectRefused(await browser.get(back.replace("/callback/one/", "/callback/other/")));
  });

  it("is closed on another mount", async () => {
    const { browser, back } = await aboutToReturn("one");
    expectRefused(await browser.get(back.replace("/account/", "/second/")));
    tempTokenIn(await browser.get(back));
  });

  it("is not there for a provider that nobody has configured, or that the mount does not offer", async () => {
    const { browser, back } = await aboutToReturn("one");
    for (const elsewhere of [back.replace("/one/", "/none/"), back.replace("/account/", "/without/")])
      assert.equal((await browser.get(elsewhere)).answer.status, 404);
  });

  for (const name of ["state", "code", "iss"] as const)
    it(`is closed when ${name} comes twice`, async () => {
      const { browser, back } = await aboutToReturn();
      expectRefused(await browser.get(`${back}&${name}=x`));
    });

  it("is closed when it is over", async () => {
    const { browser, back } = await aboutToReturn();
    await stage.sql("update handoff set expires_at = expires_at - 600000, created_at = created_at - 600000");
    expectRefused(await browser.get(back));
  });

  it("leads to the app with access_denied when the provider refuses, and the token stays unbound", async () => {
    provider.behave("declining", { callback: { code: undefined, error: "access_denied", error_description: "<b>no" } });
    const visit = await stage.start({ query: { provider: "declining", state: "s&s" } });
    const { temp_token: token = "", ...others } = givenToApp(visit);
    assert.deepEqual(others, { error: "access_denied", state: "s&s" });
    const answer = await stage.exchange(token);
    assert.equal(answer.status, 400, answer.text);
  });

  it("is closed to a refusal with a forged state or issuer", async () => {
    for (const callback of [{ state: "A".repeat(43) }, { iss: "https://accounts.google.com" }]) {
      provider.behave("declining", { callback: { code: undefined, error: "access_denied", ...callback } });
      expectRefused(await stage.start({ query: { provider: "declining" } }));
    }
  });

  it("goes by a form too, which the browser brings again with its cookie", async () => {
    const { browser, back } = await aboutToReturn("posting");
    const { origin, pathname, searchParams } = new URL(back);
    const form = { ...Object.fromEntries(searchParams), unknown: "x" };
    // Another site's form: the browser holds the cookie back.
    const posted = await request(`${origin}${pathname}`, {
      address: nextAddress(),
      headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "cross-site" },
      body: new URLSearchParams(form).toString(),
    });
    assert.equal(posted.status, 303, posted.text);
    assert.equal(posted.headers["set-cookie"], undefined);
    const location = new URL(String(posted.headers.location));
    assert.equal(`${location.origin}${location.pathname}`, `${origin}${pathname}`);
    assert.ok(!location.searchParams.has("unknown"));
    tempTokenIn(await browser.get(location.href));
  });

  it("finds a key with which the provider has begun to sign a moment ago", async () => {
    tempTokenIn(await stage.start({ query: { provider: "rotated" } }));
    assert.equal(provider.count("rotated", "keys"), 1);
    await provider.rotateKeys("rotated");
    tempTokenIn(await stage.start({ query: { provider: "rotated" } }));
    tempTokenIn(await stage.start({ query: { provider: "rotated" } }));
    assert.equal(provider.count("rotated", "keys"), 2);
    assert.equal(provider.count("rotated", "metadata"), 1);
  });

  it("asks for keys once in 30 seconds however many unknown ones are signed with", async () => {
    tempTokenIn(await stage.start({ query: { provider: "flooded" } }));
    provider.behave("flooded", { idToken: (honest) => sign(honest, { kid: `unknown ${Math.random()}` }) });
    const visits = await Promise.all(Array.from({ length: 20 }, () => stage.start({ query: { provider: "flooded" } })));
    for (const visit of visits) expectRefused(visit);
    assert.equal(provider.count("flooded", "keys"), 2);
  });
});

describe("the way back over HTTPS", () => {
  const [sqlite] = availableEngines();
  assert.ok(sqlite);
  let provider: HostileProvider;
  const stage = useHandoffStage(sqlite, {
    // Nobody is written to.
    env: { PUBLIC_URL: "https://auth.example.org", SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "no-reply@example.org" },
    config: async () => {
      provider = await startHostileProvider();
      const handoff = { redirectUris: [appUri] };
      return {
        mounts: [
          { contract: "account", handoff },
          { contract: "account", name: "own", host: "id.example.org", handoff },
        ],
        providers: [{ name: "one", issuer: provider.issuer("one"), clientId: provider.clientId }],
      };
    },
  });
  after(() => provider.stop());

  for (const [where, prefix, headers] of [
    ["https://auth.example.org/account", "/account", {}],
    ["https://id.example.org", "", { host: "id.example.org" }],
  ] as const)
    it(`lies below the public address of the mount, ${where}, with a cookie that no other host can set`, async () => {
      const query = new URLSearchParams({ redirect_uri: appUri, provider: "one" });
      const answer = await request(`${stage.server.origin(prefix)}/mobile/login/?${query}`, { headers });
      const asked = new URL(String(answer.headers.location));
      assert.equal(asked.searchParams.get("redirect_uri"), `${where}/mobile/callback/one/`);
      assert.match(
        String(answer.headers["set-cookie"]),
        /^__Host-handoff=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      const page = await request(`${stage.server.origin(prefix)}/mobile/login/?redirect_uri=${appUri}`, { headers });
      assert.ok(
        page.text.includes(`action="${new URL(where).pathname.replace(/\/$/, "")}/mobile/password/"`),
        page.text,
      );
    });
});
