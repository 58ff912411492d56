import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import { createKeyRing } from "#adapters/tokens/key-ring.js";
import { publicKeySet } from "#adapters/tokens/jwks.js";
import { Refusal } from "#core/refusal.js";
import { signingAlgorithms } from "#core/signing-keys/signing-key.js";
import { claimsAt, type Mint, newKey, openMint, start } from "./mint.js";

const isGood = async (mint: Mint, token: string): Promise<boolean> => {
  try {
    await mint.tokens.verify(token, ["access"]);
    return true;
  } catch (error) {
    if (Refusal.is(error, "token-invalid")) return false;
    throw error;
  }
};
const madeUp = (): string => `key_${systemRandom.token(128)}`;

describe("key ring", () => {
  it("reads the store at most once a second, however much is signed, verified and published", async () => {
    const mint = await openMint();
    for (let second = 0; second < 3; second += 1) {
      mint.clock.at = start + second * 1_001;
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          const token = await mint.tokens.sign(claimsAt(start));
          await mint.tokens.verify(token, ["access"]);
          await publicKeySet(mint.ring);
        }),
      );
      assert.equal(mint.store.reads, second + 1);
    }
  });

  it("costs a handful of reads in a storm of made-up keys, and one a second later on", async () => {
    const mint = await openMint();
    await mint.ring.published();
    const calm = mint.store.reads;
    for (let round = 0; round < 2_000; round += 1) assert.equal(await mint.ring.verifyingKey(madeUp()), undefined);
    assert.equal(mint.store.reads - calm, 5);
    for (let second = 1; second <= 10; second += 1) {
      mint.clock.at = start + second * 1_000;
      for (let round = 0; round < 100; round += 1) await mint.ring.verifyingKey(madeUp());
    }
    // One more a second for the made-up names, and one for being a second old.
    assert.ok(mint.store.reads - calm <= 25, String(mint.store.reads - calm));
  });

  it("asks once for many unknown keys at once", async () => {
    const mint = await openMint();
    await Promise.all(Array.from({ length: 500 }, () => mint.ring.verifyingKey(madeUp())));
    assert.ok(mint.store.reads <= 6, String(mint.store.reads));
  });

  it("never asks for a name that is not of our form", async () => {
    const mint = await openMint();
    for (const kid of [
      "",
      "key_",
      "../../dev/null",
      `${mint.key.id}\n`,
      "key_AAAAAAAAAAAAAAAAAAAAA!",
      "x".repeat(1_000_000),
    ]) {
      assert.equal(await mint.ring.verifyingKey(kid), undefined);
    }
    assert.equal(mint.store.reads, 0);
  });

  it("finds a key that another node made a moment ago", async () => {
    const mint = await openMint();
    await mint.ring.published();
    const key = await newKey("ES256");
    mint.store.keys = [...mint.store.keys, key];
    assert.equal((await mint.ring.verifyingKey(key.id))?.id, key.id);
  });

  it("signs with the newest active key, within a second of its making by another node", async () => {
    const mint = await openMint();
    assert.equal((await mint.ring.signingKey("ES256")).id, mint.key.id);
    const key = await newKey("ES256", start + 500);
    mint.store.keys = [{ ...mint.key, retiredAt: start + 500, expiresAt: start + 10_000 }, key];
    mint.clock.at = start + 1_001;
    assert.equal((await mint.ring.signingKey("ES256")).id, key.id);
  });

  it("signs with a key of this very node at once after it was told", async () => {
    const mint = await openMint();
    await mint.ring.signingKey("ES256");
    const key = await newKey("ES256");
    mint.store.keys = [key];
    mint.ring.forget();
    assert.equal((await mint.ring.signingKey("ES256")).id, key.id);
  });

  it("verifies with a retired key until it expires, and not a moment longer, remembered or not", async () => {
    const mint = await openMint();
    const token = await mint.tokens.sign(claimsAt(start));
    mint.store.keys = [{ ...mint.key, retiredAt: start + 1, expiresAt: start + 60_000 }, await newKey("ES256")];
    for (const [at, expected] of [
      [start + 2_000, true],
      [start + 59_999, true],
      [start + 60_000, false],
    ] as const) {
      mint.clock.at = at;
      assert.equal(await isGood(mint, token), expected);
    }
    assert.deepEqual(
      (await mint.ring.published()).map(({ kid }) => kid),
      [mint.store.keys[1]?.id],
    );
  });

  it("forgets remembered tokens when their key is taken away, within a second", async () => {
    const mint = await openMint();
    const token = await mint.tokens.sign(claimsAt(start));
    assert.equal(await isGood(mint, token), true);
    mint.store.keys = [await newKey("ES256")];
    mint.clock.at = start + 1_001;
    assert.equal(await isGood(mint, token), false);
  });

  it("does not believe a remembered token when its key's name comes back with another key", async () => {
    const mint = await openMint();
    const token = await mint.tokens.sign(claimsAt(start));
    assert.equal(await isGood(mint, token), true);
    mint.store.keys = [{ ...(await newKey("ES256")), id: mint.key.id }];
    mint.clock.at = start + 1_001;
    assert.equal(await isGood(mint, token), false);
  });

  it("verifies for a minute while the store is down, and signs and publishes nothing", async () => {
    const mint = await openMint();
    const token = await mint.tokens.sign(claimsAt(start));
    mint.store.isDown = true;
    mint.clock.at = start + 1_001;
    await assert.rejects(mint.tokens.sign(claimsAt(start)), /down/);
    await assert.rejects(mint.ring.published(), /down/);
    mint.clock.at = start + 60_000;
    assert.equal(await isGood(mint, token), true);
    mint.clock.at = start + 60_001;
    await assert.rejects(isGood(mint, token), /down/);
    mint.store.isDown = false;
    assert.equal(await isGood(mint, token), true);
  });

  it("asks a store that is down once a second, not once a request", async () => {
    const mint = await openMint();
    const token = await mint.tokens.sign(claimsAt(start));
    mint.store.isDown = true;
    mint.clock.at = start + 2_000;
    const calm = mint.store.reads;
    for (let round = 0; round < 200; round += 1) {
      assert.equal(await isGood(mint, token), true);
      await mint.ring.verifyingKey(madeUp());
    }
    assert.equal(mint.store.reads - calm, 1);
  });

  it("reads again after the clock was set back", async () => {
    const mint = await openMint();
    await mint.ring.published();
    mint.clock.at = start - 3_600_000;
    await mint.ring.published();
    assert.equal(mint.store.reads, 2);
  });

  it("goes on verifying when a secret was lost, and does not sign", async () => {
    const mint = await openMint();
    const token = await mint.tokens.sign(claimsAt(start));
    const ring = createKeyRing({ store: mint.store, secrets: createSecrets([randomBytes(32)]), clock: mint.clock });
    assert.notEqual(await ring.verifyingKey(mint.key.id), undefined);
    await assert.rejects(ring.signingKey("ES256"), /secret that is not configured/);
    assert.equal(await isGood(mint, token), true);
  });

  it("says which kind of key is missing", async () => {
    const mint = await openMint();
    await assert.rejects(mint.ring.signingKey("RS256"), /no RS256 key signs now/);
  });

  it("publishes public members only, whatever the stored text holds", async () => {
    const mint = await openMint();
    mint.store.keys = await Promise.all(signingAlgorithms.map((algorithm) => newKey(algorithm)));
    mint.store.keys = mint.store.keys.map((key) => ({
      ...key,
      publicJwk: JSON.stringify({ ...JSON.parse(key.publicJwk), d: "private", p: "private", k: "private" }),
    }));
    const { keys } = await publicKeySet(mint.ring);
    assert.deepEqual(
      keys.map((key) => [key["alg"], Object.keys(key).toSorted().join(" ")]),
      [
        ["ES256", "alg crv kid kty use x y"],
        ["EdDSA", "alg crv kid kty use x"],
        ["RS256", "alg e kid kty n use"],
      ],
    );
    for (const key of keys) assert.equal(key["use"], "sig");
    assert.ok(Buffer.from(String(keys[2]?.n), "base64url").length >= 256);
  });
});
