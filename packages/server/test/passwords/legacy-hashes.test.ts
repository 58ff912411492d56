import assert from "node:assert/strict";
import { after, test } from "node:test";
import { describeHash, type HashKind } from "#adapters/passwords/legacy-hashes.js";
import { createPasswordHasher } from "#adapters/passwords/password-hasher.js";
import { peppersWith } from "./hashers.js";

const hasher = createPasswordHasher({ peppers: peppersWith("v1"), permits: 1 });
after(() => hasher.close());

interface Vector {
  readonly from: string;
  readonly kind: HashKind;
  readonly password: string;
  readonly hash: string;
}

const password = "lètmein";
const vectors: readonly Vector[] = [
  {
    from: "Python's hashlib.pbkdf2_hmac, in Django's form",
    kind: "pbkdf2-sha256",
    password,
    hash: "pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A=",
  },
  {
    from: "Django's own tests of its scrypt",
    kind: "django-scrypt",
    password,
    hash: "scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==",
  },
  {
    from: "Python's hashlib.scrypt, as passlib writes it",
    kind: "phc-scrypt",
    password,
    hash: "$scrypt$ln=10,r=8,p=2$MDEyMzQ1Njc4OWFiY2RlZg$zt1oP7DlEWegtB6PHa/A3KfXfH2OpNk4uSMk0MhBNAE",
  },
  {
    from: "Ory Kratos, which writes N for ln",
    kind: "phc-scrypt",
    password: "test",
    hash: "$scrypt$ln=16384,r=8,p=1$2npRo7P03Mt8keSoMbyD/tKFWyUzjiQf2svUaNDSrhA=$MiCzNcIplSMqSBrm4HckjYqYhaVPPjTARTzwB1cVNYE=",
  },
  ...["a", "b", "y"].map((version) => ({
    from: `libxcrypt, 2${version}`,
    kind: "bcrypt" as const,
    password,
    hash: `$2${version}$04$abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG`,
  })),
  {
    from: "libxcrypt, 2x",
    kind: "bcrypt",
    password: "letmein",
    hash: "$2x$04$abcdefghijklmnopqrstuuPT0cs.zGMMB9aUG3xKmxLeI//6s0m5C",
  },
  {
    from: "libxcrypt, 72 bytes and what is ignored after them",
    kind: "bcrypt",
    password: "x".repeat(100),
    hash: "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i",
  },
  {
    from: "the README of the Argon2 reference implementation",
    kind: "argon2",
    password: "password",
    hash: "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG",
  },
  {
    from: "@node-rs/argon2, without a pepper",
    kind: "argon2",
    password,
    hash: "$argon2id$v=19$m=256,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$kkN+mZVn5MHp9nAwF8RT2Kk8YkkuP/8WZw3nlG5v9g0",
  },
  {
    from: "@node-rs/argon2, of Argon2's first version",
    kind: "argon2",
    password,
    hash: "$argon2d$v=16$m=256,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$sTj6hPt0WNBK3gx6v/INSDOPuT8h1/7Ilb4cA5qazxk",
  },
];

for (const { from, kind, password: given, hash } of vectors) {
  test(`a hash of ${from} verifies and is outdated`, async () => {
    assert.deepEqual(describeHash(hash), { kind, isAcceptable: true, reason: "" });
    assert.deepEqual(await hasher.verify(given, hash), { isRight: true, isOutdated: true });
    assert.deepEqual(await hasher.verify(`?${given}`, hash), { isRight: false, isOutdated: false });
    assert.deepEqual(await hasher.verify(given, flipLast(hash)), { isRight: false, isOutdated: false });
  });
}

test("an imported hash of what was typed verifies in that form and in its composed one", async () => {
  const [ofComposed] = vectors;
  assert.ok(ofComposed);
  assert.equal((await hasher.verify("le\u0300tmein", ofComposed.hash)).isRight, true);
  // Of "ﬁne" with its ligature, which NFKC would take apart; by Python's hashlib.pbkdf2_hmac.
  assert.equal(
    (
      await hasher.verify(
        "\ufb01ne-password",
        "pbkdf2_sha256$1000$seasalt$3IBdPxGn8gvtwYyDV/tXPZ9mEYDsSiRvhayEc2p9V9U=",
      )
    ).isRight,
    true,
  );
});

const salt = "c2FsdHNhbHRzYWx0c2FsdA";
const digest = "RCKbjeY9oCnie4T4ZS/MEtPVhO+P9r5N1kyw3naTnMA";
const bcryptTail = "abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG";

const hostile: readonly (readonly [hash: string, kind: HashKind])[] = [
  ["", "unknown"],
  ["plain", "unknown"],
  ["x".repeat(10_000), "unknown"],
  [`$argon2id$v=19$m=64,t=2,p=1$${salt}$${"A".repeat(10_000)}`, "unknown"],
  ["{SSHA}c2FsdA==", "unknown"],
  [`$argon2id$v=19$m=99999999,t=2,p=1$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=19$m=131073,t=2,p=1$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=19$m=64,t=11,p=1$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=19$m=64,t=2,p=5$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=19$m=7,t=2,p=1$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=19$m=64,t=0,p=1$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=19$m=64,t=2,p=0$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=18$m=64,t=2,p=1$${salt}$${digest}`, "argon2"],
  [`$argon2id$v=19$m=64,t=2,p=1$${salt}`, "argon2"],
  ["$argon2id$", "argon2"],
  [`$trilithon-argon2id$k=v1$v=19$m=99999999,t=2,p=1$${salt}$${digest}`, "trilithon-argon2id"],
  [`$trilithon-argon2id$k=$v=19$m=64,t=2,p=1$${salt}$${digest}`, "trilithon-argon2id"],
  [`$2b$31$${bcryptTail}`, "bcrypt"],
  [`$2b$15$${bcryptTail}`, "bcrypt"],
  [`$2b$03$${bcryptTail}`, "bcrypt"],
  [`$2b$04$${bcryptTail.slice(0, 40)}`, "bcrypt"],
  [`pbkdf2_sha256$2000001$seasalt$${digest}=`, "pbkdf2-sha256"],
  [`pbkdf2_sha256$0$seasalt$${digest}=`, "pbkdf2-sha256"],
  ["pbkdf2_sha256$1000$seasalt$c2hvcnQ=", "pbkdf2-sha256"],
  [`$scrypt$ln=30,r=8,p=1$${salt}$${digest}`, "phc-scrypt"],
  [`$scrypt$ln=1073741824,r=8,p=1$${salt}$${digest}`, "phc-scrypt"],
  [`$scrypt$ln=0,r=8,p=1$${salt}$${digest}`, "phc-scrypt"],
  [`$scrypt$ln=10,r=1024,p=1024$${salt}$${digest}`, "phc-scrypt"],
  [`$scrypt$ln=100,r=8,p=1$${salt}$${digest}`, "phc-scrypt"],
  [`scrypt$1073741824$seasalt$8$1$${digest}=`, "django-scrypt"],
  [`scrypt$16384$seasalt$8$0$${digest}=`, "django-scrypt"],
  ["scrypt$16384$seasalt$8", "django-scrypt"],
];

for (const [hash, kind] of hostile) {
  test(`a hash that is out of bounds or malformed is wrong, fast: "${hash.slice(0, 60)}"`, async () => {
    const described = describeHash(hash);
    assert.deepEqual({ kind: described.kind, isAcceptable: described.isAcceptable }, { kind, isAcceptable: false });
    assert.match(described.reason, /^[a-z][^$]{8,80}$/);
    const startedAt = performance.now();
    assert.deepEqual(await hasher.verify(password, hash), { isRight: false, isOutdated: false });
    assert.ok(performance.now() - startedAt < 5000);
  });
}

test("a digest that cannot be read is wrong, though the form is right", async () => {
  const forms = [
    `$argon2id$v=19$m=64,t=2,p=1$${"/".repeat(85)}$${"/".repeat(19)}`,
    `$scrypt$ln=10,r=8,p=1$c2FsdA$c2hvcnQ`,
    `scrypt$16384$seasalt$8$1$${"A".repeat(400)}`,
    `$2b$04$${".".repeat(53)}`,
  ];
  for (const hash of forms)
    assert.deepEqual(await hasher.verify(password, hash), { isRight: false, isOutdated: false });
});

const flipLast = (hash: string): string => {
  // Not the last character, whose low bits may mean nothing.
  const at = hash.replace(/=*$/, "").length - 3;
  return hash.slice(0, at) + (hash[at] === "A" ? "B" : "A") + hash.slice(at + 1);
};
