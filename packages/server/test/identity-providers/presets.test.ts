import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { after, before, describe, it } from "node:test";
import { exportPKCS8, jwtVerify } from "jose";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { createIdentityProviders } from "#adapters/identity-providers/identity-providers.js";
import { systemClock } from "#adapters/system/clock.js";
import type { ProvidedIdentity } from "#core/handoffs/identity-providers.js";
import { Refusal } from "#core/refusal.js";
import { type HostileProvider, newKeys, startHostileProvider } from "./hostile-provider.js";

const visit = {
  redirectUri: "https://auth.example.org/account/mobile/callback/one/",
  state: "s".repeat(43),
  nonce: "n".repeat(43),
  codeVerifier: "v".repeat(43),
};
const given: ProviderConfiguration = {
  name: "one",
  title: "One",
  preset: "openid",
  issuer: "",
  clientId: "trilithon",
  credential: { kind: "none" },
  scopes: ["openid", "email"],
  nativeClientIds: [],
  trustsEmailsOf: ["*"],
};
const open = (provider: Partial<ProviderConfiguration>, isProduction = false) =>
  createIdentityProviders([{ ...given, ...provider }], { clock: systemClock, isProduction });
const failing = (reason: string) => (error: unknown) => {
  assert.ok(Refusal.is(error, "provider-failed"), String(error));
  assert.equal(error.details.reason, reason);
  return true;
};

describe("a provider's preset", () => {
  let provider: HostileProvider;
  let asked: { readonly authorization: string | undefined; readonly form: URLSearchParams } | undefined;
  before(async () => {
    provider = await startHostileProvider();
  });
  after(() => provider.stop());

  /** Signs in at an issuer of the test's provider, which notes how its token endpoint was asked. */
  const signIn = async (
    issuerName: string,
    over: Partial<ProviderConfiguration>,
    { metadata = {}, claims = {}, answer = {} }: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
  ): Promise<ProvidedIdentity | "declined"> => {
    const issuer = provider.issuer(issuerName);
    provider.behave(issuerName, {
      metadata,
      claims: { nonce: visit.nonce, ...claims },
      onToken: (request, form) => {
        asked = { authorization: request.headers.authorization, form };
      },
    });
    return open({ issuer, ...over }).complete("one", visit, {
      code: "a code",
      state: visit.state,
      iss: issuer,
      ...(answer as Readonly<Record<string, string>>),
    });
  };

  it("shows a secret by Authorization, as the standard's default is, with every character of it", async () => {
    const credential = { kind: "secret", clientSecret: "a:b+c d%/é" } as const;
    await signIn("basic", { credential });
    const [user, ...secret] = Buffer.from(asked?.authorization?.slice("Basic ".length) ?? "", "base64")
      .toString("utf8")
      .split(":");
    assert.deepEqual(
      [user, decodeURIComponent(secret.join(":").replaceAll("+", " "))],
      ["trilithon", credential.clientSecret],
    );
    assert.equal(asked?.form.has("client_secret"), false);
    assert.equal(asked?.form.get("code_verifier"), visit.codeVerifier);
    assert.equal(asked?.form.get("redirect_uri"), visit.redirectUri);
  });

  it("shows a secret in the form to a provider that takes no other way", async () => {
    const metadata = { token_endpoint_auth_methods_supported: ["client_secret_post"] };
    await signIn("post", { credential: { kind: "secret", clientSecret: "a secret" } }, { metadata });
    assert.equal(asked?.authorization, undefined);
    assert.equal(asked?.form.get("client_secret"), "a secret");
  });

  it("shows no secret where there is none", async () => {
    await signIn("public", {});
    assert.equal(asked?.authorization, undefined);
    assert.equal(asked?.form.has("client_secret"), false);
    assert.equal(asked?.form.get("client_id"), "trilithon");
  });

  it("apple: asks for a posted answer, signs its secret, and takes the name that is posted", async () => {
    const keys = await newKeys("ABCDEFGHIJ");
    const apple: Partial<ProviderConfiguration> = {
      preset: "apple",
      scopes: ["openid", "email", "name"],
      credential: {
        kind: "signed",
        teamId: "TEAM123456",
        keyId: "ABCDEFGHIJ",
        privateKey: await exportPKCS8(keys.privateKey),
      },
    };
    const address = new URL(await open({ issuer: provider.issuer("apple"), ...apple }).begin("one", visit));
    assert.equal(address.searchParams.get("response_mode"), "form_post");
    const user = JSON.stringify({ name: { firstName: "Nova", lastName: "Kom" }, email: "owner@example.org" });
    const claims = { email: "nova@privaterelay.appleid.com", email_verified: true };
    const identity = await signIn("apple", apple, { claims, answer: { user } });
    assert.deepEqual(identity, {
      subject: "somebody at apple",
      verifiedEmail: "nova@privaterelay.appleid.com",
      fullname: "Nova Kom",
    });
    const { payload, protectedHeader } = await jwtVerify(asked?.form.get("client_secret") ?? "", keys.publicKey, {
      audience: provider.issuer("apple"),
      issuer: "TEAM123456",
      subject: "trilithon",
    });
    assert.deepEqual(protectedHeader, { alg: "ES256", kid: "ABCDEFGHIJ" });
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 300);
    for (const broken of ["", "{", "null", "1", '{"name":1}', '{"name":{"firstName":{}}}', "x".repeat(3000)]) {
      const other = await signIn("apple", apple, { answer: { user: broken } });
      assert.equal(other === "declined" ? other : other.fullname, undefined);
    }
  });

  it("microsoft: believes no address of whomever, also when a token says it is verified, unless the operator names its domain", async () => {
    const claims = { email: "owner@example.org", email_verified: true, xms_edov: true };
    const microsoft = { preset: "microsoft", trustsEmailsOf: [] } as const;
    const identity = await signIn("microsoft", microsoft, { claims });
    assert.equal(identity === "declined" ? identity : identity.verifiedEmail, undefined);
  });

  it("nobody on this machine is asked in production", async () => {
    const issuer = provider.issuer("production");
    await assert.rejects(open({ issuer }, true).begin("one", visit), failing("scheme-not-https"));
    for (const inside of ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/"])
      await assert.rejects(open({ issuer: inside }, true).begin("one", visit), failing("address-not-public"));
    assert.equal(provider.count("production", "metadata"), 0);
  });

  it("a provider that is not configured is refused", async () => {
    await assert.rejects(open({}).begin("two", visit), (error) => Refusal.is(error, "handoff-refused"));
  });
});

describe("the preset github", () => {
  let github: FakeGithub;
  before(async () => {
    github = await startFakeGithub();
  });
  after(() => github.stop());
  const configured = (): Partial<ProviderConfiguration> => ({
    preset: "github",
    issuer: github.url,
    scopes: ["read:user", "user:email"],
    credential: { kind: "secret", clientSecret: "a secret" },
  });
  const signIn = (over: Partial<FakeGithub["answers"]> = {}) => {
    Object.assign(github.answers, honest(), over);
    return open(configured()).complete("one", visit, { code: "a code", state: visit.state });
  };

  it("begins with state and PKCE", async () => {
    const address = new URL(await open(configured()).begin("one", visit));
    assert.equal(`${address.origin}${address.pathname}`, `${github.url}/login/oauth/authorize`);
    const { code_challenge: challenge, ...others } = Object.fromEntries(address.searchParams);
    assert.match(challenge ?? "", /^[\w-]{43}$/);
    assert.deepEqual(others, {
      client_id: "trilithon",
      redirect_uri: visit.redirectUri,
      response_type: "code",
      scope: "read:user user:email",
      state: visit.state,
      code_challenge_method: "S256",
    });
  });

  it("takes the number, the name, and the primary address when it is verified", async () => {
    assert.deepEqual(await signIn(), { subject: "583231", verifiedEmail: "octo@example.org", fullname: "Octo Cat" });
    assert.deepEqual(github.asked.slice(-3), [
      "POST /login/oauth/access_token -",
      "GET /api/v3/user Bearer an access token",
      "GET /api/v3/user/emails Bearer an access token",
    ]);
    const unverified = [{ email: "octo@example.org", primary: true, verified: false }];
    for (const emails of [unverified, [{ email: "octo@example.org", primary: true, verified: "true" }], [], {}, null]) {
      const identity = await signIn({ emails });
      assert.equal(identity === "declined" ? identity : identity.verifiedEmail, undefined);
    }
  });

  for (const [when, over] of [
    ["the id is a text", { user: { id: "583231", login: "octo" } }],
    ["the id is missing", { user: { login: "octo" } }],
    ["the id is not whole", { user: { id: 1.5 } }],
    ["the id is beyond what a number holds", { user: { id: 2 ** 60 } }],
    ["the id is negative", { user: { id: -1 } }],
    ["there is no user", { user: null }],
    ["the token endpoint says error with 200", { token: { error: "bad_verification_code" } }],
    ["the token is of another kind", { token: { access_token: "x", token_type: "mac" } }],
  ] as const)
    it(`lets nobody in when ${when}`, async () => {
      await assert.rejects(signIn(over), (error) => Refusal.is(error, "provider-failed"));
    });

  it("lets nobody in by another state", async () => {
    const answer = { code: "a code", state: "another" };
    await assert.rejects(open(configured()).complete("one", visit, answer), (error) =>
      Refusal.is(error, "provider-failed"),
    );
  });

  it("knows when the person said no", async () => {
    const answer = { error: "access_denied", state: visit.state };
    assert.equal(await open(configured()).complete("one", visit, answer), "declined");
  });
});

interface FakeGithub {
  readonly url: string;
  readonly asked: string[];
  readonly answers: { user: unknown; emails: unknown; token: unknown };
  stop(): Promise<void>;
}

const honest = (): FakeGithub["answers"] => ({
  token: { access_token: "an access token", token_type: "bearer", scope: "read:user,user:email" },
  user: { id: 583231, login: "octocat", name: "Octo Cat", email: "public@example.org" },
  emails: [
    { email: "other@example.org", primary: false, verified: true },
    { email: "octo@example.org", primary: true, verified: true },
  ],
});

/** A GitHub Enterprise Server, as far as it matters here. */
async function startFakeGithub(): Promise<FakeGithub> {
  const asked: string[] = [];
  const answers = honest();
  const answerTo = ({ url = "" }: IncomingMessage): unknown => {
    if (url === "/login/oauth/access_token") return answers.token;
    return url === "/api/v3/user" ? answers.user : answers.emails;
  };
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    request.resume().once("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answerTo(request)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    asked,
    answers,
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
