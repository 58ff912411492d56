import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { exportSPKI, SignJWT } from "jose";
import { createIdentityProviders } from "#adapters/identity-providers/identity-providers.js";
import type { IdentityProviders } from "#core/handoffs/identity-providers.js";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { Refusal } from "#core/refusal.js";
import { type HostileProvider, newKeys, type SigningKeys, sign, startHostileProvider } from "./hostile-provider.js";

const nonce = "n".repeat(43);
const packed = (value: unknown): string => Buffer.from(JSON.stringify(value), "utf8").toString("base64url");

describe("an ID token that an app brings", () => {
  let provider: HostileProvider;
  let keys: SigningKeys;
  let at = Date.now();
  let made = 0;
  before(async () => {
    provider = await startHostileProvider();
    keys = await newKeys("own");
  });
  after(() => provider.stop());

  /** A provider of its own, whose keys are those of the test, and how it is spoken to. */
  const open = (over: Partial<ProviderConfiguration> = {}) => {
    made += 1;
    const name = `app-${made}`;
    provider.behave(name, {
      answers: {
        keys: (response) =>
          response
            .writeHead(200, { "content-type": "application/json" })
            .end(JSON.stringify({ keys: [keys.publicJwk] })),
      },
    });
    const configuration: ProviderConfiguration = {
      name: "one",
      title: "One",
      preset: "openid",
      issuer: provider.issuer(name),
      clientId: "trilithon",
      credential: { kind: "none" },
      scopes: ["openid"],
      nativeClientIds: ["trilithon-ios"],
      trustsEmailsOf: ["*"],
      ...over,
    };
    return {
      name,
      providers: createIdentityProviders([configuration], { clock: { now: () => at }, isProduction: false }),
    };
  };
  const claimsOf = (name: string, over: Readonly<Record<string, unknown>> = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: provider.issuer(name),
      aud: "trilithon",
      sub: "somebody",
      iat: now,
      exp: now + 300,
      nonce,
      ...over,
    };
  };
  const verify = (providers: IdentityProviders, idToken: string, expected = nonce) =>
    providers.verify("one", { idToken, nonce: expected });

  it("says who somebody is", async () => {
    const { name, providers } = open();
    const claims = claimsOf(name, { email: "ada@example.org", email_verified: true, name: "Ada" });
    assert.deepEqual(await verify(providers, await sign({ claims, keys })), {
      subject: "somebody",
      verifiedEmail: "ada@example.org",
      fullname: "Ada",
    });
  });

  it("may be made for an app of the same operator, or asked for by one", async () => {
    const { name, providers } = open();
    const rows = [
      { aud: "trilithon-ios" },
      { azp: "trilithon-ios" },
      { aud: ["trilithon-ios", "x"], azp: "trilithon-ios" },
    ];
    for (const over of rows) {
      const { subject } = await verify(providers, await sign({ claims: claimsOf(name, over), keys }));
      assert.equal(subject, "somebody");
    }
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const hostile: readonly [string, Readonly<Record<string, unknown>>][] = [
    ["has another nonce", { nonce: "x".repeat(43) }],
    ["has no nonce", { nonce: undefined }],
    ["has a list for a nonce", { nonce: [nonce] }],
    ["is of another issuer", { iss: "https://accounts.google.com" }],
    ["is of no issuer", { iss: undefined }],
    ["is for another app", { aud: "somebody-else" }],
    ["is for a part of our name", { aud: "trili" }],
    ["is for nobody", { aud: undefined }],
    ["is for us and another, and asked for by the other", { aud: ["trilithon", "x"], azp: "x" }],
    ["is for us and another, and asked for by nobody", { aud: ["trilithon", "x"] }],
    ["was asked for by another app", { azp: "somebody-else" }],
    ["is over", { exp: now() - 3600, iat: now() - 7200 }],
    ["has no end", { exp: undefined }],
    ["has a text for an end", { exp: "2099-01-01" }],
    ["says not when it was made", { iat: undefined }],
    ["begins later", { nbf: now() + 3600 }],
    ["is about a number", { sub: 1 }],
    ["is about nobody", { sub: "" }],
    ["has no subject", { sub: undefined }],
    ["is about a list", { sub: ["somebody"] }],
  ];
  const failing = (error: unknown): boolean => Refusal.is(error, "provider-failed");
  for (const [what, over] of hostile)
    it(`is refused when it ${what}`, async () => {
      const { name, providers } = open();
      await assert.rejects(verify(providers, await sign({ claims: claimsOf(name, over), keys })), failing);
    });

  const forged: readonly [string, (name: string) => string | Promise<string>][] = [
    ["is not signed", (name) => `${packed({ alg: "none" })}.${packed(claimsOf(name))}.`],
    ["has its signature cut off", async (name) => (await sign({ claims: claimsOf(name), keys })).replace(/[^.]*$/, "")],
    [
      "is signed by a stranger",
      async (name) => {
        const { privateKey } = await newKeys("stranger");
        return sign({ claims: claimsOf(name), keys: { ...keys, privateKey } });
      },
    ],
    [
      "was changed after signing",
      async (name) => {
        const [header, , signature] = (await sign({ claims: claimsOf(name), keys })).split(".");
        return `${header}.${packed(claimsOf(name, { sub: "the owner" }))}.${signature}`;
      },
    ],
    [
      "is signed with the public key as a secret",
      async (name) =>
        new SignJWT(claimsOf(name))
          .setProtectedHeader({ alg: "HS256", kid: keys.kid })
          .sign(Buffer.from(await exportSPKI(keys.publicKey))),
    ],
    [
      "brings its own key along",
      async (name) => {
        const own = await newKeys("of-the-attacker");
        return sign({ claims: claimsOf(name), keys: own }, { jwk: own.publicJwk });
      },
    ],
    ["is encrypted", () => "e30.e30.e30.e30.e30"],
    ["is a word", () => "token"],
    ["is empty", () => ""],
    ["is two tokens", async (name) => `${await sign({ claims: claimsOf(name), keys })} x.y.z`],
  ];
  for (const [what, make] of forged)
    it(`is refused when it ${what}`, async () => {
      const { name, providers } = open();
      await assert.rejects(verify(providers, await make(name)), failing);
    });

  it("is refused for another nonce than its own", async () => {
    const { name, providers } = open();
    const idToken = await sign({ claims: claimsOf(name), keys });
    await assert.rejects(verify(providers, idToken, "m".repeat(43)), failing);
    await assert.rejects(verify(providers, idToken, ""), failing);
  });

  it("is taken from no provider without ID tokens", async () => {
    const { name, providers } = open({ preset: "github" });
    await assert.rejects(verify(providers, await sign({ claims: claimsOf(name), keys })), failing);
  });

  it("costs the provider one request for keys in half a minute, however many are forged, and a new key is found", async () => {
    const { name, providers } = open();
    await verify(providers, await sign({ claims: claimsOf(name), keys }));
    assert.equal(provider.count(name, "keys"), 1);
    const stranger = await newKeys("not-published");
    const forge = async () => sign({ claims: claimsOf(name), keys: stranger });
    for (let round = 0; round < 10; round += 1) await assert.rejects(verify(providers, await forge()), failing);
    assert.equal(provider.count(name, "keys"), 2);
    at += 29_000;
    await assert.rejects(verify(providers, await forge()), failing);
    assert.equal(provider.count(name, "keys"), 2);
    const before = keys;
    keys = await newKeys("rotated");
    at += 2_000;
    assert.equal((await verify(providers, await sign({ claims: claimsOf(name), keys }))).subject, "somebody");
    assert.equal(provider.count(name, "keys"), 3);
    keys = before;
  });
});
