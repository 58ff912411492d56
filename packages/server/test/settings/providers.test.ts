import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { useWrittenConfiguration } from "./written-configuration.js";

const { read, faultsOf, folder } = useWrittenConfiguration();

const pemOf = (curve: string): string =>
  generateKeyPairSync("ec", { namedCurve: curve }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const privateKey = pemOf("prime256v1");
const openid = { name: "own", issuer: "https://sso.example.org/realms/a/", clientId: "us" };
const apple = {
  name: "apple",
  preset: "apple",
  clientId: "org.example",
  teamId: "ABCDE12345",
  keyId: "12345ABCDE",
  privateKey,
};
const google = { name: "google", preset: "google", clientId: "us", clientSecret: "hunter2" };
const microsoft = { ...google, name: "microsoft", preset: "microsoft" };

describe("identity providers", () => {
  it("are completed by their presets", async () => {
    const { providers } = await read({
      providers: [openid, google, apple, { ...google, name: "github", preset: "github" }, microsoft],
    });
    const scopes = ["openid", "email", "profile"];
    const credential = { kind: "secret", clientSecret: "hunter2" };
    assert.deepEqual(providers, [
      {
        ...openid,
        title: "own",
        preset: "openid",
        credential: { kind: "none" },
        scopes,
        nativeClientIds: [],
        trustsEmailsOf: [],
      },
      {
        name: "google",
        title: "Google",
        preset: "google",
        issuer: "https://accounts.google.com",
        clientId: "us",
        credential,
        scopes,
        nativeClientIds: [],
        trustsEmailsOf: ["gmail.com", "googlemail.com"],
      },
      {
        name: "apple",
        title: "Apple",
        preset: "apple",
        issuer: "https://appleid.apple.com",
        clientId: "org.example",
        credential: { kind: "signed", teamId: "ABCDE12345", keyId: "12345ABCDE", privateKey },
        scopes: ["openid", "email", "name"],
        nativeClientIds: [],
        trustsEmailsOf: ["icloud.com", "me.com", "mac.com", "privaterelay.appleid.com"],
      },
      {
        name: "github",
        title: "GitHub",
        preset: "github",
        issuer: "https://github.com",
        clientId: "us",
        credential,
        scopes: ["read:user", "user:email"],
        nativeClientIds: [],
        trustsEmailsOf: ["*"],
      },
      {
        name: "microsoft",
        title: "Microsoft",
        preset: "microsoft",
        issuer: "https://login.microsoftonline.com/common/v2.0",
        clientId: "us",
        credential,
        scopes,
        nativeClientIds: [],
        trustsEmailsOf: [],
      },
    ]);
  });

  it("are taken as they are written", async () => {
    const { providers } = await read({
      providers: [
        { ...google, title: "\u06af\u0648\u06af\u0644", scopes: ["openid"], trustsEmailsOf: ["example.org"] },
        { ...microsoft, tenant: "example.onmicrosoft.com" },
        { ...openid, issuer: "http://127.0.0.1:4000" },
      ],
    });
    assert.equal(providers[0]?.title, "\u06af\u0648\u06af\u0644");
    assert.deepEqual(providers[0].scopes, ["openid"]);
    assert.deepEqual(providers[0].trustsEmailsOf, ["example.org"]);
    assert.equal(providers[1]?.issuer, "https://login.microsoftonline.com/example.onmicrosoft.com/v2.0");
    assert.equal(providers[2]?.issuer, "http://127.0.0.1:4000");
  });

  it("have secrets that are read from files", async () => {
    const files = { secret: join(folder(), "secret"), key: join(folder(), "key.p8") };
    writeFileSync(files.secret, "hunter3\n");
    writeFileSync(files.key, privateKey);
    const { providers } = await read({
      providers: [
        { ...google, clientSecret: `file:${files.secret}` },
        { ...apple, privateKey: `file:${files.key}` },
      ],
    });
    assert.deepEqual(providers[0]?.credential, { kind: "secret", clientSecret: "hunter3" });
    assert.equal(providers[1]?.credential.kind === "signed" && providers[1].credential.privateKey, privateKey.trim());
  });

  const without = (provider: object, key: string): object =>
    Object.fromEntries(Object.entries(provider).filter(([name]) => name !== key));
  const refused: readonly [string, readonly unknown[], RegExp][] = [
    ["no name", [without(openid, "name")], /^file: providers\[0\] lacks "name"$/],
    ["a name in capitals", [{ ...openid, name: "Own" }], /^file: providers\[0\]\.name must match/],
    ["one name twice", [openid, openid], /^file: providers\[0\] and providers\[1\] have the same name "own"$/],
    ["neither issuer nor preset", [without(openid, "issuer")], /^file: providers\[0\] lacks "issuer" or "preset"$/],
    [
      "another preset",
      [{ ...openid, preset: "facebook" }],
      /preset must be one of "google", "apple", "github", "microsoft"$/,
    ],
    [
      "an issuer over http",
      [{ ...openid, issuer: "http://sso.example.org" }],
      /^file: providers\[0\]\.issuer is not an https/,
    ],
    ["an issuer with a query", [{ ...openid, issuer: "https://sso.example.org?a" }], /issuer is not an https address/],
    ["an issuer with a user", [{ ...openid, issuer: "https://hunter2@sso.example.org" }], /issuer is not an https/],
    ["a title of two lines", [{ ...openid, title: "a\nb" }], /^file: providers\[0\]\.title must match/],
    [
      "a preset without secret",
      [without(google, "clientSecret")],
      /lacks "clientSecret", which the preset google needs$/,
    ],
    ["an empty secret", [{ ...google, clientSecret: "" }], /clientSecret must not have fewer than 1 characters/],
    [
      "a secret in no file",
      [{ ...google, clientSecret: "file:/nowhere" }],
      /clientSecret names \/nowhere, which is not there$/,
    ],
    [
      "a secret in an empty file",
      [{ ...google, clientSecret: "file:/dev/null" }],
      /names \/dev\/null, which is empty$/,
    ],
    [
      "a secret in a folder",
      [{ ...google, clientSecret: "file:/etc" }],
      /names \/etc, which cannot be read \(EISDIR\)$/,
    ],
    ["a tenant of Google", [{ ...google, tenant: "common" }], /tenant is for the preset microsoft only$/],
    [
      "tenant and issuer",
      [{ ...microsoft, tenant: "common", issuer: "https://login.microsoftonline.us/common/v2.0" }],
      /has both "tenant" and "issuer"/,
    ],
    ["a team of Google", [{ ...google, teamId: "ABCDE12345" }], /teamId is for the preset apple only$/],
    ["Apple without a key", [without(apple, "privateKey")], /lacks "privateKey", which the preset apple needs$/],
    ["Apple with a secret", [{ ...apple, clientSecret: "hunter2" }], /clientSecret is not for the preset apple/],
    ["a key of another kind", [{ ...apple, privateKey: "hunter2" }], /privateKey is no private key on the curve P-256/],
    [
      "a key on another curve",
      [{ ...apple, privateKey: pemOf("secp384r1") }],
      /privateKey is no private key on the curve/,
    ],
    ["trust in an address", [{ ...openid, trustsEmailsOf: ["a@b.org"] }], /trustsEmailsOf\[0\] must match/],
    ["trust in all and one", [{ ...openid, trustsEmailsOf: ["*", "b.org"] }], /trustsEmailsOf must be \["\*"\] alone/],
  ];
  for (const [what, providers, says] of refused) {
    it(`are refused with ${what}, without repeating a secret`, async () => {
      const [fault = "", ...more] = await faultsOf(read({ providers }));
      assert.match(fault, says);
      assert.deepEqual(more, []);
      assert.doesNotMatch(fault, /hunter2|PRIVATE KEY/);
    });
  }
});
