import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, describe, it } from "node:test";
import { describeOnEveryEngine, describeOnEveryStore } from "../../engines/engines.js";
import { openBrowser } from "../../identity-providers/browser.js";
import { type Canary, startCanary } from "../../identity-providers/canary.js";
import {
  type HostileProvider,
  newKeys,
  type SigningKeys,
  sign,
  startHostileProvider,
} from "../../identity-providers/hostile-provider.js";
import { hostileRows } from "../../identity-providers/hostile-rows.js";
import { type OpenidProvider, signInThere, startOpenidProvider } from "../../identity-providers/openid-provider.js";
import { expectRefused } from "./row.js";
import {
  addEntry,
  addProviders,
  askUrl,
  clientUri,
  comeBack,
  hostileAt,
  linkedUser,
  type Proof,
  proofOf,
  signInBy,
  signUp,
  startVisit,
} from "./oauth-visits.js";
import { bearing, successIn, useStage } from "./stage.js";

const failed = { code: "auth.oauth.failed" };

describeOnEveryStore("sign-in by identity providers", (engine) => {
  const stage = useStage(engine);
  let hostile: HostileProvider;
  let real: OpenidProvider;
  let app: Server;
  let appUri = "";
  before(async () => {
    hostile = await startHostileProvider();
    app = createServer((_request, response) => response.end("back"));
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    const address = app.address();
    assert.ok(typeof address === "object" && address !== null);
    appUri = `http://127.0.0.1:${address.port}/back`;
    real = await startOpenidProvider({ redirectUris: [appUri] });
    await stage.realm("other");
    const names = ["one", "two", "three", "four", "five", "native"];
    await addProviders(stage, "default", [
      ...names.map((name) => hostileAt(hostile, name)),
      {
        ...hostileAt(hostile, "real"),
        issuer: real.issuer,
        clientId: real.clientId,
        credential: { kind: "secret", clientSecret: real.clientSecret },
      },
    ]);
    await addProviders(stage, "other", [hostileAt(hostile, "one")]);
  });
  after(async () => {
    await Promise.all([hostile.stop(), real.stop(), new Promise((resolve) => app.close(resolve))]);
  });

  it("goes by a certified provider, from the address to the auth token", async () => {
    const user = await signUp(stage);
    const visitReal = async (): Promise<Proof> => {
      const started = await startVisit(stage, "real", { redirectUri: appUri });
      const browser = openBrowser();
      return proofOf(started, await signInThere(browser, await browser.get(started.url), "ada"));
    };
    expectRefused(await signInBy(stage, await visitReal()), { code: "auth.oauth.notfound" });
    const added = await addEntry(stage, user, { client: "club", type: "oauth", ...(await visitReal()) });
    const { entry } = successIn(added, 201);
    const { id, created_at, ...members } = entry as Readonly<Record<string, unknown>>;
    assert.match(String(id), /^ent_[A-Za-z0-9_-]{22}$/);
    assert.match(String(created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(members, { client: "club", type: "oauth", provider: "real" });

    const { session_state, auth_token, expires_in, user: told } = successIn(await signInBy(stage, await visitReal()));
    assert.equal(session_state, "authorized");
    assert.ok(Number(expires_in) > 2_591_990 && Number(expires_in) <= 2_592_000, String(expires_in));
    assert.equal((told as { readonly id: string }).id, user.id);
    const me = successIn(await stage.ask({ path: "/user", headers: bearing(String(auth_token)) }));
    assert.deepEqual(me["user"], told);
  });

  describe("the state", () => {
    it("is good once, and for whatever became of it", async () => {
      await linkedUser(stage, "one");
      const proof = await comeBack(stage, "one");
      assert.equal((await signInBy(stage, proof)).status, 200);
      expectRefused(await signInBy(stage, proof), failed);
      const wrong = await comeBack(stage, "one");
      expectRefused(await signInBy(stage, { ...wrong, code_verifier: "v".repeat(43) }), failed);
      expectRefused(await signInBy(stage, wrong), failed);
    });

    it("lets one of 32 in who bring it at once", async () => {
      const proof = await comeBack(stage, "one");
      const answers = await Promise.all(Array.from({ length: 32 }, () => signInBy(stage, proof)));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      for (const answer of answers) if (answer.status !== 200) expectRefused(answer, failed);
    });

    const spoil: readonly [string, (proof: Proof) => Proof | Promise<Proof>][] = [
      ["it is missing", (proof) => ({ ...proof, state: undefined })],
      ["it is null", (proof) => ({ ...proof, state: null })],
      ["it is empty", (proof) => ({ ...proof, state: "" })],
      ["it was made by the caller", (proof) => ({ ...proof, state: "A".repeat(43) })],
      ["it was changed", (proof) => ({ ...proof, state: changeLast(String(proof["state"])) })],
      ["it has something more", (proof) => ({ ...proof, state: `${String(proof["state"])}A` })],
      ["it is another visit's", async (proof) => ({ ...proof, state: (await startVisit(stage, "one")).state })],
      ["the provider is another", (proof) => ({ ...proof, provider: "two" })],
      ["there is no such provider", (proof) => ({ ...proof, provider: "nobody" })],
      ["the nonce is missing", (proof) => ({ ...proof, nonce: undefined })],
      ["the nonce is another", (proof) => ({ ...proof, nonce: "n".repeat(43) })],
      ["the nonce is another visit's", async (proof) => ({ ...proof, nonce: (await startVisit(stage, "one")).nonce })],
      ["the verifier is missing", (proof) => ({ ...proof, code_verifier: undefined })],
      ["the verifier is another", (proof) => ({ ...proof, code_verifier: "v".repeat(43) })],
      ["the redirect address is missing", (proof) => ({ ...proof, redirect_uri: undefined })],
      ["the redirect address is another", (proof) => ({ ...proof, redirect_uri: `${clientUri}/` })],
      ["the code is missing", (proof) => ({ ...proof, code: undefined })],
      ["the code is empty", (proof) => ({ ...proof, code: "" })],
      [
        "the code was injected from another visit",
        async (proof) => ({ ...proof, code: (await comeBack(stage, "one"))["code"] }),
      ],
      ["the answer was another issuer's", (proof) => ({ ...proof, iss: "https://accounts.google.com" })],
      ["an ID token is there beside the code", (proof) => ({ ...proof, id_token: "e30.e30.e30" })],
    ];
    for (const [when, change] of spoil)
      it(`lets nobody in when ${when}`, async () => {
        expectRefused(await signInBy(stage, await change(await comeBack(stage, "one"))), failed);
      });

    it("is its API key's and its realm's", async () => {
      const proof = await comeBack(stage, "one");
      expectRefused(await signInBy(stage, proof, (await stage.makeKey()).key), failed);
      const other = stage.at({ company: "other" });
      expectRefused(await signInBy(other, proof), failed);
      assert.equal((await signInBy(stage, proof)).status, 200);
    });

    it("is over after ten minutes", async () => {
      const { sealed, nonce, verifier } = await sealedBefore(600_000);
      const proof = {
        provider: "one",
        state: sealed,
        nonce,
        code_verifier: verifier,
        redirect_uri: clientUri,
        code: "c",
      };
      expectRefused(await signInBy(stage, proof), failed);
    });
  });

  /** A state as this server would have made it some time ago. */
  const sealedBefore = async (ago: number) => {
    const { testSecrets } = await import("../../server/open-node.js");
    const { sealOauthVisit, returnHash, oauthVisitLivesIn } = await import("#core/identities/oauth-visit.js");
    const { fingerprint } = await import("#adapters/system/fingerprint.js");
    const { id } = await stage.ownKey();
    const [nonce, verifier] = ["n".repeat(43), "v".repeat(43)];
    const needs = { secrets: testSecrets(), realmId: "default", apiKey: { id } } as unknown as Parameters<
      typeof sealOauthVisit
    >[0];
    const sealed = sealOauthVisit(needs, {
      provider: "one",
      nonceHash: fingerprint(nonce),
      returnHash: returnHash({ fingerprint }, { redirectUri: clientUri, codeVerifier: verifier }),
      expiresAt: Date.now() - ago + oauthVisitLivesIn,
    });
    return { sealed, nonce, verifier };
  };

  const unfit: readonly [string, Proof, Readonly<Record<string, readonly string[]>>][] = [
    ["the provider is missing", { provider: undefined }, { provider: ["This field is required."] }],
    ["the provider is a list", { provider: ["one"] }, { provider: ["This must be a text."] }],
    ["the state is a list", { state: ["x"] }, { state: ["This must be a text."] }],
    ["the code is a number", { code: 1 }, { code: ["This must be a text."] }],
    ["the verifier is an object", { code_verifier: {} }, { code_verifier: ["This must be a text."] }],
    ["the ID token is true", { id_token: true }, { id_token: ["This must be a text."] }],
    ["the nonce is too long", { nonce: "n".repeat(257) }, { nonce: ["This must have at most 256 characters."] }],
  ];
  for (const [when, over, fields] of unfit)
    it(`tells what is wrong with the fields when ${when}`, async () => {
      const sent = { provider: "one", state: "s", nonce: "n", code: "c", ...over };
      expectRefused(await signInBy(stage, sent), { code: "request.validation.failed", fields });
    });

  describe("the address to go to", () => {
    const refusedUris = [
      "//evil.example.org/back",
      "/back",
      "https:evil",
      "http://app.example.org/back",
      "https://app.example.org/back#part",
      "https://user@app.example.org/back",
      "https://app.example.org\\@evil.example.org/",
      "https://app.example.org/b ck",
      "https://app.example.org/\r\nx",
      "https://app.example.org/\u3002",
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
    ];
    for (const redirectUri of refusedUris)
      it(`is refused for ${JSON.stringify(redirectUri)}`, async () => {
        const isBroken = redirectUri.length > 2_000;
        assert.ok(!isBroken);
        expectRefused(await askUrl(stage, "one", { redirectUri }), {
          code: "request.validation.failed",
          fields: { redirect_uri: ["This must be a valid address (URL)."] },
        });
      });

    it("is refused without a redirect address, and with two", async () => {
      const fields = { redirect_uri: ["This field is required."] };
      expectRefused(await stage.ask({ path: "/auth/oauth/one/url" }), { code: "request.validation.failed", fields });
      const twice = await stage.ask({
        path: `/auth/oauth/one/url?redirect_uri=${clientUri}&redirect_uri=${clientUri}`,
      });
      expectRefused(twice, { code: "request.validation.failed", fields: { redirect_uri: ["This must be a text."] } });
    });

    for (const provider of ["nobody", "ONE", "one%00", "..", "__proto__", "o%6Ee"])
      it(`is none of a provider called ${provider}`, async () => {
        const answer = await askUrl(stage, provider);
        assert.equal(answer.status, 404, answer.text);
      });

    it("holds what the standard asks for, and takes issuer and keys from nobody", async () => {
      const started = await startVisit(stage, "one");
      const url = new URL(started.url);
      assert.equal(`${url.origin}${url.pathname}`, `${hostile.issuer("one")}/authorize`);
      const { code_challenge, ...parameters } = Object.fromEntries(url.searchParams);
      assert.match(code_challenge ?? "", /^[A-Za-z0-9_-]{43}$/);
      assert.deepEqual(parameters, {
        redirect_uri: clientUri,
        scope: "openid",
        state: started.state,
        nonce: started.nonce,
        code_challenge_method: "S256",
        client_id: hostile.clientId,
        response_type: "code",
      });
      const asked = { issuer: "https://evil.example.org", jwks_uri: "https://evil.example.org" };
      const sent = await stage.ask({
        path: `/auth/oauth/one/url?${new URLSearchParams({ redirect_uri: clientUri, ...asked })}`,
      });
      assert.equal(new URL(String(successIn(sent)["url"])).origin, url.origin);
    });
  });

  describe("somebody", () => {
    it("is one at each provider, byte for byte", async () => {
      const subjects = ["ada", "Ada", "ada ", "1"];
      const ids = new Set<string>();
      for (const sub of subjects)
        for (const provider of ["two", "three"]) {
          hostile.behave(provider, { claims: { sub } });
          expectRefused(await signInBy(stage, await comeBack(stage, provider)), { code: "auth.oauth.notfound" });
          const { id } = await linkedUser(stage, provider);
          const { user } = successIn(await signInBy(stage, await comeBack(stage, provider)));
          assert.equal((user as { readonly id: string }).id, id);
          ids.add(id);
        }
      assert.equal(ids.size, 2 * subjects.length);
      hostile.behave("two", { claims: { sub: 1 } });
      expectRefused(await signInBy(stage, await comeBack(stage, "two")), failed);
    });

    it("is known by no address that the provider says he has", async () => {
      const { email } = await signUp(stage);
      hostile.behave("two", { claims: { sub: "by address", email, email_verified: true } });
      expectRefused(await signInBy(stage, await comeBack(stage, "two")), { code: "auth.oauth.notfound" });
    });

    it("is nobody in another realm", async () => {
      const other = stage.at({ company: "other" });
      expectRefused(await signInBy(other, await comeBack(other, "one")), { code: "auth.oauth.notfound" });
    });

    it("is told that he is restricted, closed or denied, and gets nothing", async () => {
      hostile.behave("four", { claims: { sub: "of a status" } });
      const { id } = await linkedUser(stage, "four");
      for (const status of ["restricted", "closed", "denied"]) {
        await stage.sql(`update account set status = '${status}' where account_id = '${id}'`);
        expectRefused(await signInBy(stage, await comeBack(stage, "four")), { code: `auth.user.${status}` });
      }
      await stage.sql(`update account set status = 'active' where account_id = '${id}'`);
      assert.equal((await signInBy(stage, await comeBack(stage, "four"))).status, 200);
    });

    it("is refused once the provider has been taken out, and his state with it", async () => {
      hostile.behave("five", { claims: { sub: "of a provider" } });
      const { id } = await linkedUser(stage, "five");
      const begun = await comeBack(stage, "five");
      await stage.cli("provider", "remove", "default", "five");
      expectRefused(await signInBy(stage, begun), failed);
      expectRefused(await askUrl(stage, "five"), { code: "object.id.notfound" });
      await stage.sql("update identity_provider set disabled_at = null where name = 'five'");
      const { user } = successIn(await signInBy(stage, await comeBack(stage, "five")));
      assert.equal((user as { readonly id: string }).id, id);
    });
  });

  describe("an ID token of an app", () => {
    let keys: SigningKeys;
    before(async () => {
      keys = await newKeys("native");
      hostile.behave("native", {
        answers: {
          keys: (response) =>
            response
              .writeHead(200, { "content-type": "application/json" })
              .end(JSON.stringify({ keys: [keys.publicJwk] })),
        },
      });
    });
    const bring = async (over: Readonly<Record<string, unknown>> = {}, sent: Proof = {}): Promise<Proof> => {
      const { state, nonce } = await startVisit(stage, "native");
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: hostile.issuer("native"),
        aud: hostile.clientId,
        sub: "somebody with an app",
        iat: now,
        exp: now + 300,
        nonce,
        ...over,
      };
      return { provider: "native", id_token: await sign({ claims, keys }), state, nonce, ...sent };
    };

    it("signs in, and links", async () => {
      const user = await signUp(stage);
      expectRefused(await signInBy(stage, await bring()), { code: "auth.oauth.notfound" });
      successIn(await addEntry(stage, user, { client: "club", type: "oauth", ...(await bring()) }), 201);
      const { user: told } = successIn(await signInBy(stage, await bring()));
      assert.equal((told as { readonly id: string }).id, user.id);
    });

    const wrong: readonly [string, Readonly<Record<string, unknown>>, Proof][] = [
      ["it is for another client", { aud: "somebody else" }, {}],
      ["it is of another issuer", { iss: "https://accounts.google.com" }, {}],
      ["it is of another sign-in", { nonce: "n".repeat(43) }, {}],
      ["it has no nonce", { nonce: undefined }, {}],
      ["it is over", { exp: 1, iat: 0 }, {}],
      [
        "the nonce sent is that of the token, and not of the state",
        { nonce: "n".repeat(43) },
        { nonce: "n".repeat(43) },
      ],
      ["the state is missing", {}, { state: undefined }],
      ["the nonce is missing", {}, { nonce: undefined }],
      ["it is a word", {}, { id_token: "token" }],
      ["it is not signed", {}, { id_token: "eyJhbGciOiJub25lIn0.e30." }],
    ];
    for (const [when, claims, sent] of wrong)
      it(`is refused when ${when}`, async () => {
        expectRefused(await signInBy(stage, await bring(claims, sent)), failed);
      });

    it("is good once", async () => {
      const proof = await bring();
      assert.equal((await signInBy(stage, proof)).status, 200);
      expectRefused(await signInBy(stage, proof), failed);
    });
  });
});

describeOnEveryEngine("a hostile identity provider of a realm", (engine) => {
  const stage = useStage(engine);
  let hostile: HostileProvider;
  let canary: Canary;
  before(async () => {
    [hostile, canary] = await Promise.all([startHostileProvider(), startCanary()]);
    const names = ["honest", ...hostileRows.map((_, at) => `p${at}`)];
    await addProviders(
      stage,
      "default",
      names.map((name) => hostileAt(hostile, name)),
    );
  });
  after(() => Promise.all([hostile.stop(), canary.stop()]));

  // The client brings the code and the state, whatever else the browser came with.
  const harmless = new Set([
    "the answer names no issuer although it always does",
    "a signed response comes along",
    "the answer names another issuer",
  ]);
  describe("lets nobody in", { concurrency: 4 }, () => {
    for (const [at, { when, misconduct }] of hostileRows.entries())
      if (!harmless.has(when))
        it(`when ${when}`, async () => {
          const name = `p${at}`;
          hostile.behave(name, typeof misconduct === "function" ? misconduct({ inside: canary.url }) : misconduct);
          const began = performance.now();
          const asked = await askUrl(stage, name);
          assert.ok(performance.now() - began < 5_000);
          if (asked.status !== 200) return expectRefused(asked, failed);
          const started = await startVisit(stage, name);
          const proof = proofOf(started, await openBrowser().get(started.url));
          const brought = performance.now();
          expectRefused(await signInBy(stage, proof), failed);
          assert.ok(performance.now() - brought < 5_000);
        });
  });

  it("has nothing asked of this machine on its behalf", () => {
    assert.deepEqual(canary.asked, []);
  });

  it("is told from an honest one", async () => {
    expectRefused(await signInBy(stage, await comeBack(stage, "honest")), { code: "auth.oauth.notfound" });
    const known = await stage.sql("select * from identifier where kind = 'external'");
    assert.deepEqual(known, []);
  });
});

const changeLast = (text: string): string => text.slice(0, -1) + (text.endsWith("A") ? "B" : "A");
