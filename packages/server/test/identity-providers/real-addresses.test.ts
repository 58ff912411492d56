import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CustomFetch } from "openid-client";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { githubProtocol } from "#adapters/identity-providers/github.js";
import { openidProtocol } from "#adapters/identity-providers/openid.js";
import { presets } from "#adapters/identity-providers/presets.js";
import { systemClock } from "#adapters/system/clock.js";
import { newKeys, sign } from "./hostile-provider.js";

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
  credential: { kind: "secret", clientSecret: "a secret" },
  scopes: ["openid", "email"],
  nativeClientIds: [],
  trustsEmailsOf: [],
};

/** The internet, as far as somebody has put something there. Notes what was asked. */
const internet = (
  pages: Readonly<Record<string, unknown>>,
): { readonly fetch: CustomFetch; readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    fetch: async (address, { method }) => {
      asked.push(`${method} ${address}`);
      return address in pages ? Response.json(pages[address]) : new Response(null, { status: 404 });
    },
  };
};

describe("a preset's real addresses", () => {
  it("google and apple are found by discovery below their issuers", async () => {
    for (const [preset, issuer] of [
      ["google", "https://accounts.google.com"],
      ["apple", "https://appleid.apple.com"],
    ] as const) {
      const { fetch, asked } = internet({
        [`${issuer}/.well-known/openid-configuration`]: { issuer, authorization_endpoint: `${issuer}/auth/authorize` },
      });
      const address = await openidProtocol({ ...given, issuer }, presets[preset], systemClock).begin(visit, fetch);
      assert.equal(`${address.origin}${address.pathname}`, `${issuer}/auth/authorize`);
      assert.deepEqual(asked, [`GET ${issuer}/.well-known/openid-configuration`]);
    }
  });

  it("github is asked at github.com, and its API at api.github.com", async () => {
    const { fetch, asked } = internet({
      "https://github.com/login/oauth/access_token": { access_token: "x", token_type: "bearer" },
      "https://api.github.com/user": { id: 1, login: "octo" },
      "https://api.github.com/user/emails": [],
    });
    const github = githubProtocol({ ...given, issuer: "https://github.com" }, systemClock);
    const address = await github.begin(visit, fetch);
    assert.equal(`${address.origin}${address.pathname}`, "https://github.com/login/oauth/authorize");
    await github.complete(visit, { code: "x", state: visit.state }, fetch);
    assert.deepEqual(asked, [
      "POST https://github.com/login/oauth/access_token",
      "GET https://api.github.com/user",
      "GET https://api.github.com/user/emails",
    ]);
  });

  const tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
  const microsoft = (path: string): string => `https://login.microsoftonline.com/${path}/v2.0`;
  /** Signs in at Microsoft, where `common` speaks for every tenant. */
  const signInAtMicrosoft = async (claims: Readonly<Record<string, unknown>>, configured = "common") => {
    const keys = await newKeys("microsoft");
    const now = Math.floor(Date.now() / 1000);
    const whole = {
      iss: microsoft(tenant),
      tid: tenant,
      aud: "trilithon",
      sub: "AAAA",
      nonce: visit.nonce,
      iat: now,
      exp: now + 300,
      ...claims,
    };
    const base = `https://login.microsoftonline.com/${configured}`;
    const { fetch } = internet({
      [`${microsoft(configured)}/.well-known/openid-configuration`]: {
        issuer: microsoft(configured === "common" ? "{tenantid}" : tenant),
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        id_token_signing_alg_values_supported: ["ES256"],
      },
      [`${base}/oauth2/v2.0/token`]: {
        access_token: "x",
        token_type: "Bearer",
        id_token: await sign({ claims: whole, keys }),
      },
      [`${base}/discovery/v2.0/keys`]: { keys: [keys.publicJwk] },
    });
    const protocol = openidProtocol({ ...given, issuer: microsoft(configured) }, presets.microsoft, systemClock);
    return protocol.complete(visit, { code: "x", state: visit.state }, fetch);
  };

  it("microsoft's common takes the users of any tenant, whose issuer is their own", async () => {
    assert.equal((await signInAtMicrosoft({})).subject, "AAAA");
    assert.equal((await signInAtMicrosoft({}, tenant)).subject, "AAAA");
  });

  for (const [when, claims, configured] of [
    ["the tenant is another than the issuer's", { tid: "00000000-0000-0000-0000-000000000000" }, "common"],
    ["there is no tenant", { tid: undefined }, "common"],
    ["the issuer is another tenant's than the configured one", { iss: microsoft("00000000"), tid: "00000000" }, tenant],
    ["the issuer is the pattern itself", { iss: microsoft("{tenantid}") }, "common"],
  ] as const)
    it(`microsoft lets nobody in when ${when}`, async () => {
      await assert.rejects(signInAtMicrosoft(claims, configured));
    });
});
