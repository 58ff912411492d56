import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "#core/refusal.js";
import { openHasher, peppersWith } from "./hashers.js";

const right = { isRight: true, isOutdated: false };
const outdated = { isRight: true, isOutdated: true };
const wrong = { isRight: false, isOutdated: false };

test("a password verifies against its own hash, which names pepper and costs", async (t) => {
  const hasher = openHasher(t);
  const hash = await hasher.hash("Correct-Horse-9-battery");
  assert.match(hash, /^\$trilithon-argon2id\$k=v1\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.deepEqual(await hasher.verify("Correct-Horse-9-battery", hash), right);
  assert.deepEqual(await hasher.verify("Correct-Horse-9-batterx", hash), wrong);
  assert.deepEqual(await hasher.verify("", hash), wrong);
});

test("two hashes of one password differ", async (t) => {
  const hasher = openHasher(t);
  assert.notEqual(await hasher.hash("Correct-Horse-9-battery"), await hasher.hash("Correct-Horse-9-battery"));
});

test("forms that are equal under NFKC are one password", async (t) => {
  const hasher = openHasher(t);
  const hash = await hasher.hash("Cafe\u0301-ﬁne-9-battery");
  for (const form of ["Caf\u00e9-fine-9-battery", "Cafe\u0301-fine-9-battery", "Ｃafé-ﬁne-9-battery"])
    assert.deepEqual(await hasher.verify(form, hash), right);
});

test("a hash under an older pepper is right and outdated, until it is hashed again", async (t) => {
  const hash = await openHasher(t).hash("Correct-Horse-9-battery");
  const later = openHasher(t, { peppers: peppersWith("v2") });
  assert.deepEqual(await later.verify("Correct-Horse-9-battery", hash), outdated);
  assert.deepEqual(await later.verify("wrong", hash), wrong);
  assert.deepEqual(await later.verify("Correct-Horse-9-battery", await later.hash("Correct-Horse-9-battery")), right);
});

test("a hash is right only under the pepper that it names", async (t) => {
  const hasher = openHasher(t);
  const hash = await hasher.hash("Correct-Horse-9-battery");
  assert.deepEqual(await hasher.verify("Correct-Horse-9-battery", hash.replace("k=v1", "k=v2")), wrong);
  assert.deepEqual(await hasher.verify("Correct-Horse-9-battery", hash.replace("k=v1", "k=v3")), wrong);
  assert.deepEqual(
    await hasher.verify("Correct-Horse-9-battery", hash.replace("$trilithon-argon2id$k=v1", "$argon2id")),
    wrong,
  );
});

test("1,000 code points are hashed, 1,001 never", async (t) => {
  const hasher = openHasher(t);
  const [longest, tooLong] = ["😀".repeat(1000), "😀".repeat(1001)];
  const hash = await hasher.hash(longest);
  assert.deepEqual(await hasher.verify(longest, hash), right);
  for (const password of [tooLong, "x".repeat(10_000_000)]) {
    assert.deepEqual(await hasher.verify(password, hash), wrong);
    assert.deepEqual(await hasher.verifyNothing(password), wrong);
    await assert.rejects(hasher.hash(password), (error) => error instanceof Error && !(error instanceof Refusal));
  }
});

test("nothing verifies as nothing, whatever is given", async (t) => {
  const hasher = openHasher(t);
  for (const password of ["", "Correct-Horse-9-battery"]) assert.deepEqual(await hasher.verifyNothing(password), wrong);
});

test("nothing, a broken hash and a hash cost the same", async (t) => {
  const hasher = openHasher(t);
  const hash = await hasher.hash("Correct-Horse-9-battery");
  const ways = {
    known: () => hasher.verify("wrong", hash),
    nothing: () => hasher.verifyNothing("wrong"),
    broken: () => hasher.verify("wrong", "broken"),
  };
  const shortest = new Map<string, number>();
  for (let round = 0; round < 8; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const startedAt = performance.now();
      await way();
      shortest.set(name, Math.min(shortest.get(name) ?? Infinity, performance.now() - startedAt));
    }
  }
  // The shortest of several is the work itself; the machine's noise only adds.
  assert.ok(Math.max(...shortest.values()) < 2 * Math.min(...shortest.values()), JSON.stringify([...shortest]));
});

test("the excess is refused at once, and who was let in is served", async (t) => {
  const hasher = openHasher(t, { permits: 2, queueLength: 3 });
  const admitted = Array.from({ length: 5 }, () => hasher.verifyNothing("Correct-Horse-9-battery"));
  assert.deepEqual(hasher.load(), { running: 2, waiting: 3 });

  const startedAt = performance.now();
  const isRefusal = (error: unknown): boolean => Refusal.is(error, "overloaded") && error.details.retryIn >= 1;
  assert.throws(() => hasher.assertRoom(), isRefusal);
  await assert.rejects(hasher.verify("x", "broken"), isRefusal);
  await assert.rejects(hasher.verifyNothing("x"), isRefusal);
  await assert.rejects(hasher.hash("x"), isRefusal);
  assert.ok(performance.now() - startedAt < 50);

  assert.deepEqual(await Promise.all(admitted), [wrong, wrong, wrong, wrong, wrong]);
  assert.deepEqual(hasher.load(), { running: 0, waiting: 0 });
  hasher.assertRoom();
});

test("a version that would break the stored form is refused at the start", (t) => {
  const key = new Uint8Array(32);
  for (const version of ["", "a$b", "x".repeat(65)])
    assert.throws(() => openHasher(t, { peppers: { newest: { version, key }, all: new Map([[version, key]]) } }));
});
