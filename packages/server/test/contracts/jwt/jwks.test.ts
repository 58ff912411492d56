import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { poll } from "../../server/poll.js";
import { expectHeaders } from "../expect-headers.js";
import { objectIn } from "../stage.js";
import { type Stage, useStage } from "./stage.js";

const mounts = ["ES256", "EdDSA", "RS256"].map((algorithm) => {
  const name = algorithm.toLowerCase();
  return { contract: "jwt", name, prefix: `/${name}`, tokens: { algorithm } };
});

interface Jwk {
  readonly kid: string;
  readonly alg: string;
}

const publicMembers: Readonly<Record<string, readonly string[]>> = {
  ES256: ["alg", "crv", "kid", "kty", "use", "x", "y"],
  EdDSA: ["alg", "crv", "kid", "kty", "use", "x"],
  RS256: ["alg", "e", "kid", "kty", "n", "use"],
};

const keysOf = async (stage: Stage, prefix: string): Promise<readonly Jwk[]> => {
  const body = objectIn(await stage.ask({ path: "/.well-known/jwks.json", prefix }));
  assert.ok(Array.isArray(body["keys"]));
  return body["keys"];
};

const headerOf = (token: string): Readonly<Record<string, unknown>> => {
  const header: unknown = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8"));
  assert.ok(typeof header === "object" && header !== null);
  return { ...header };
};

/** Verifies as any client would, with nothing but the published key. */
const verifies = (token: string, jwk: Jwk): boolean => {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  const form = jwk.alg === "ES256" ? { key, dsaEncoding: "ieee-p1363" as const } : key;
  const digest = jwk.alg === "EdDSA" ? null : "SHA256";
  return verify(digest, Buffer.from(`${header}.${claims}`), form, Buffer.from(signature, "base64url"));
};

describeOnEveryEngine("GET /.well-known/jwks.json", (engine) => {
  const stage = useStage(engine, { config: { mounts } });

  test("GET /.well-known/jwks.json answers 200 with the public keys, cacheable, and no private part of them", async () => {
    const answer = await stage.ask({ path: "/.well-known/jwks.json", prefix: "/es256" });
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(JSON.parse(answer.text) as object), ["keys"]);
    expectHeaders(answer, { type: "application/jwk-set+json; charset=utf-8", cache: "public, max-age=300" });
    const keys = await keysOf(stage, "/es256");
    assert.ok(keys.length >= 3);
    for (const key of keys) assert.deepEqual(Object.keys(key).toSorted(), publicMembers[key.alg]);
  });

  for (const { prefix, tokens } of mounts) {
    test(`GET /.well-known/jwks.json gives the key that a token of ${tokens.algorithm} was signed with`, async () => {
      const member = await stage.enter({ prefix });
      for (const [token, typ] of [
        [member.access, "at+jwt"],
        [member.refresh, "rt+jwt"],
      ] as const) {
        const header = headerOf(token);
        assert.deepEqual({ alg: header["alg"], typ: header["typ"] }, { alg: tokens.algorithm, typ });
        const key = (await keysOf(stage, prefix)).find(({ kid }) => kid === header["kid"]);
        assert.ok(key);
        assert.ok(verifies(token, key));
      }
    });
  }

  test("GET /.well-known/jwks.json keeps the old keys after a rotation, and tokens of before stay good", async () => {
    const before = await stage.enter({ prefix: "/es256" });
    const old = await keysOf(stage, "/es256");
    await stage.cli("rotate-keys", "--now");
    // A node reads the keys at most a second later.
    const deadline = Date.now() + 5000;
    let keys = await keysOf(stage, "/es256");
    while (keys.length === old.length && Date.now() < deadline) keys = await keysOf(stage, "/es256");
    assert.ok(keys.length > old.length);
    for (const { kid } of old) assert.ok(keys.some((key) => key.kid === kid));
    const look = (token: string) =>
      stage.ask({ path: "/me", headers: { authorization: `Bearer ${token}` }, prefix: "/es256" });
    assert.equal((await look(before.access)).status, 200);
    assert.equal((await look((await stage.enter({ prefix: "/es256" })).access)).status, 200);
  });

  test("GET /.well-known/jwks.json has a new key before any token is signed with it", async () => {
    const old = await keysOf(stage, "/eddsa");
    const before = headerOf((await stage.enter({ prefix: "/eddsa" })).access)["kid"];
    await stage.cli("rotate-keys");
    const keys = await poll("the new keys are published", 5000, async () => {
      const now = await keysOf(stage, "/eddsa");
      return now.length > old.length ? now : undefined;
    });
    assert.equal(keys.length, old.length + mounts.length);
    assert.equal(headerOf((await stage.enter({ prefix: "/eddsa" })).access)["kid"], before);
  });
});
