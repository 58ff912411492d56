import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from "node:crypto";
import { before, describe, it } from "node:test";
import { createLocalJWKSet, jwtVerify, SignJWT } from "jose";
import { publicKeySet } from "#adapters/tokens/jwks.js";
import { Refusal, type TokenFault } from "#core/refusal.js";
import type { TokenKind } from "#core/sessions/token.js";
import { signingAlgorithms } from "#core/signing-keys/signing-key.js";
import { claimsAt, encode, forge, issuer, type Mint, newKey, openMint, plainParts, start } from "./mint.js";

const both: readonly TokenKind[] = ["access", "refresh"];

/** The reason for which the token is refused; `accepted` when it is not. */
const verdict = async (
  mint: Mint,
  token: string,
  kinds: readonly TokenKind[] = ["access"],
): Promise<TokenFault | "accepted"> => {
  try {
    await mint.tokens.verify(token, kinds);
    return "accepted";
  } catch (error) {
    if (!Refusal.is(error, "token-invalid")) throw error;
    return error.details.reason;
  }
};

describe("tokens", () => {
  for (const algorithm of signingAlgorithms) {
    it(`says what was signed with ${algorithm}, as jose reads it too`, async () => {
      const mint = await openMint(algorithm);
      const claims = claimsAt(start);
      const token = await mint.tokens.sign(claims);
      assert.deepEqual(await mint.tokens.verify(token, ["access"]), { ...claims, isExpired: false });
      const { protectedHeader, payload } = await jwtVerify(
        token,
        createLocalJWKSet(JSON.parse(JSON.stringify(await publicKeySet(mint.ring)))),
        {
          issuer,
          audience: issuer,
          typ: "at+jwt",
          algorithms: [algorithm],
          currentDate: new Date(start),
        },
      );
      assert.deepEqual(protectedHeader, { alg: algorithm, kid: mint.key.id, typ: "at+jwt" });
      assert.deepEqual(payload, {
        iss: issuer,
        aud: issuer,
        sub: claims.accountId,
        sid: claims.sessionId,
        iat: start / 1_000,
        exp: start / 1_000 + 3_600,
        jti: claims.id,
        token_type: "access",
      });
    });

    it(`accepts what jose has signed with ${algorithm}`, async () => {
      const mint = await openMint(algorithm);
      const { header, payload } = plainParts(mint);
      const token = await new SignJWT(payload)
        .setProtectedHeader({ alg: algorithm, kid: mint.key.id, typ: header["typ"] as string })
        .sign(mint.privateKey);
      assert.equal(await verdict(mint, token), "accepted");
    });

    it(`accepts none of 2,000 changed tokens signed with ${algorithm}`, async () => {
      const mint = await openMint(algorithm);
      const token = await mint.tokens.sign(claimsAt(start));
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
      const accepted: string[] = [];
      for (let round = 0; round < 2_000; round += 1) {
        // A fixed walk, so that a failure can be repeated.
        const at = (round * 7_919) % token.length;
        const letter = alphabet[(round * 31) % alphabet.length] ?? "";
        const changed = [
          `${token.slice(0, at)}${letter}${token.slice(at + 1)}`,
          `${token.slice(0, at)}${letter}${token.slice(at)}`,
          `${token.slice(0, at)}${token.slice(at + 1)}`,
          `${token.slice(0, at)}${token.slice(at).split("").reverse().join("")}`,
          token.slice(0, at),
        ][round % 5];
        if (changed === undefined || changed === token) continue;
        if ((await verdict(mint, changed)) === "accepted") accepted.push(changed);
      }
      assert.deepEqual(accepted, []);
      assert.equal(await verdict(mint, token), "accepted");
    });
  }

  it("is good for its own kind only", async () => {
    const mint = await openMint();
    for (const made of both) {
      const token = await mint.tokens.sign(claimsAt(start, made));
      for (const wanted of both) {
        // Twice: the second time it is remembered.
        for (const _ of [1, 2])
          assert.equal(await verdict(mint, token, [wanted]), made === wanted ? "accepted" : "wrong-kind");
      }
      assert.equal(await verdict(mint, token, both), "accepted");
      assert.equal(await verdict(mint, token, []), "wrong-kind");
    }
  });

  it("is good on its own mount only, whatever the algorithm", async () => {
    const mint = await openMint();
    mint.store.keys.push(await newKey("EdDSA"));
    const elsewhere = mint.tokensFor("EdDSA", "https://id.example.org/other");
    const token = await elsewhere.sign(claimsAt(start));
    assert.equal((await elsewhere.verify(token, both)).isExpired, false);
    assert.equal(await verdict(mint, token), "wrong-issuer");
    const otherAudience = await mint.tokensFor("ES256", issuer, "partners").sign(claimsAt(start));
    assert.equal(await verdict(mint, otherAudience), "wrong-issuer");
  });

  it("expires at its second, and is told so rather than refused", async () => {
    const mint = await openMint();
    const claims = claimsAt(start);
    const token = await mint.tokens.sign(claims);
    for (const [at, isExpired] of [
      [claims.expiresAt - 1, false],
      [claims.expiresAt, true],
      [claims.expiresAt + 1_000_000, true],
    ] as const) {
      mint.clock.at = at;
      assert.equal((await mint.tokens.verify(token, ["access"])).isExpired, isExpired);
    }
  });

  it("accepts a clock that is 30 seconds ahead, not 31", async () => {
    const mint = await openMint();
    assert.equal(await verdict(mint, await mint.tokens.sign(claimsAt(start + 30_000))), "accepted");
    assert.equal(await verdict(mint, await mint.tokens.sign(claimsAt(start + 31_000))), "not-yet-valid");
  });

  it("signs whole seconds only", async () => {
    const mint = await openMint();
    await assert.rejects(mint.tokens.sign({ ...claimsAt(start), issuedAt: start + 1 }), RangeError);
  });
});

describe("attacks on tokens", () => {
  let mint: Mint;
  before(async () => {
    mint = await openMint();
  });
  const parts = () => plainParts(mint);
  const withHeader = (more: Record<string, unknown>): string =>
    forge(mint, { ...parts().header, ...more }, parts().payload);
  const withPayload = (more: Record<string, unknown>): string =>
    forge(mint, parts().header, { ...parts().payload, ...more });
  const without = (name: string): string =>
    forge(
      mint,
      parts().header,
      Object.fromEntries(Object.entries(parts().payload).filter(([member]) => member !== name)),
    );
  const signedBy = (secret: string | Buffer): string => {
    const signed = `${encode({ ...parts().header, alg: "HS256" })}.${encode(parts().payload)}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
  const publicKey = () => createPublicKey({ key: JSON.parse(mint.key.publicJwk), format: "jwk" });
  const good = (): string => forge(mint, parts().header, parts().payload);

  it("begin from a token that is accepted", async () => {
    assert.equal(await verdict(mint, good()), "accepted");
  });

  const attacks: readonly [string, string, () => string][] = [
    ...["none", "None", "NONE", "nOnE", "none ", "", "null"].flatMap((alg): [string, string, () => string][] => [
      [
        "JWT-01",
        `alg ${JSON.stringify(alg)} and no signature`,
        () => `${encode({ ...parts().header, alg })}.${encode(parts().payload)}.`,
      ],
      ["JWT-01", `alg ${JSON.stringify(alg)} with the right signature`, () => withHeader({ alg })],
    ]),
    ["JWT-01", "an empty signature", () => `${good().split(".").slice(0, 2).join(".")}.`],
    ["JWT-01", "two parts", () => good().split(".").slice(0, 2).join(".")],
    ["JWT-01", "one part", () => good().split(".")[0] ?? ""],
    ["JWT-01", "four parts", () => `${good()}.AAAA`],
    ["JWT-01", "five parts", () => `${good()}.AAAA.AAAA`],
    ["JWT-01", "nothing", () => ""],
    ["JWT-01", "no algorithm", () => forge(mint, { kid: mint.key.id, typ: "at+jwt", x: "" }, parts().payload)],
    ["JWT-02", "HS256 by the public PEM", () => signedBy(publicKey().export({ format: "pem", type: "spki" }))],
    [
      "JWT-02",
      "HS256 by the PEM with a blank before it",
      () => signedBy(` ${String(publicKey().export({ format: "pem", type: "spki" }))}`),
    ],
    [
      "JWT-02",
      "HS256 by the PEM without its last line end",
      () => signedBy(String(publicKey().export({ format: "pem", type: "spki" })).trim()),
    ],
    ["JWT-02", "HS256 by the public DER", () => signedBy(publicKey().export({ format: "der", type: "spki" }))],
    ["JWT-02", "HS256 by the public JWK", () => signedBy(mint.key.publicJwk)],
    ["JWT-02", "HS256 by nothing", () => signedBy("")],
    ...["RS256", "EdDSA", "ES384", "ES512", "PS256", "ES256K", "es256"].map((alg): [string, string, () => string] => [
      "JWT-02",
      `the algorithm ${alg}, which is not the key's`,
      () => withHeader({ alg }),
    ]),
    ...[
      "../../dev/null",
      "/dev/null",
      "' OR 1=1 --",
      "https://evil.example.org/key",
      "",
      "key_",
      "key_AAAAAAAAAAAAAAAAAAAAAA",
      "__proto__",
      "constructor",
      ["key"],
      { key: 1 },
      null,
      0,
      true,
    ].map((kid): [string, string, () => string] => ["JWT-03", `kid ${JSON.stringify(kid)}`, () => withHeader({ kid })]),
    ["JWT-03", "kid with a line end", () => withHeader({ kid: `${mint.key.id}\n` })],
    ["JWT-03", "kid in other letters", () => withHeader({ kid: mint.key.id.toUpperCase() })],
    ["JWT-03", "no kid", () => forge(mint, { alg: "ES256", typ: "at+jwt", cty: "x" }, parts().payload)],
    ["JWT-04", "jwk of another key, signed by it", () => signedByStranger({ jwk: strangerJwk })],
    ["JWT-04", "another key under our kid", () => signedByStranger({})],
    ["JWT-04", "jku", () => withHeader({ jku: "http://127.0.0.1:1/jwks" })],
    ["JWT-04", "x5u", () => withHeader({ x5u: "http://127.0.0.1:1/cert" })],
    ["JWT-04", "x5c", () => withHeader({ x5c: ["AAAA"] })],
    ["JWT-04", "x5t", () => withHeader({ x5t: "AAAA" })],
    ...["exp", "iat", "iss", "aud", "sub", "sid", "jti", "token_type"].map((name): [string, string, () => string] => [
      "JWT-06",
      `no ${name}`,
      () => without(name),
    ]),
    ...["exp", "iat"].flatMap((name) =>
      [
        String(start / 1_000 + 60),
        null,
        true,
        [start / 1_000],
        {},
        -1,
        0,
        1.5,
        1e308,
        Number.MAX_SAFE_INTEGER,
        253_402_300_800,
      ].map((value): [string, string, () => string] => [
        "JWT-06",
        `${name} ${JSON.stringify(value)}`,
        () => withPayload({ [name]: value }),
      ]),
    ),
    [
      "JWT-06",
      "exp 1e309",
      () => forge(mint, parts().header, JSON.stringify(parts().payload).replace(/"exp":\d+/, '"exp":1e309')),
    ],
    ["JWT-06", "exp before iat", () => withPayload({ exp: start / 1_000 - 1 })],
    ["JWT-06", "exp at iat", () => withPayload({ exp: start / 1_000 })],
    ["JWT-06", "nbf in the future", () => withPayload({ nbf: start / 1_000 + 31 })],
    ["JWT-06", "iat in the future", () => withPayload({ iat: start / 1_000 + 31 })],
    ...["iss", "aud"].flatMap((name) =>
      [
        "",
        "https://id.example.org",
        "https://id.example.org/aut",
        "https://id.example.org/auth/",
        "https://id.example.org/authx",
        "HTTPS://ID.EXAMPLE.ORG/auth",
        [issuer],
        [issuer, "other"],
        { issuer },
        null,
        7,
      ].map((value): [string, string, () => string] => [
        "JWT-07",
        `${name} ${JSON.stringify(value)}`,
        () => withPayload({ [name]: value }),
      ]),
    ),
    ...["sub", "sid", "jti"].flatMap((name) =>
      ["", 7, null, ["a"], {}, "x".repeat(201)].map((value): [string, string, () => string] => [
        "JWT-07",
        `${name} ${JSON.stringify(value).slice(0, 20)}`,
        () => withPayload({ [name]: value }),
      ]),
    ),
    ...["refresh", "Access", "", "stepup", "__proto__", "constructor", null, ["access"]].map(
      (kind): [string, string, () => string] => [
        "JWT-07",
        `token_type ${JSON.stringify(kind)} under at+jwt`,
        () => withPayload({ token_type: kind }),
      ],
    ),
    ...["JWT", "rt+jwt", "AT+JWT", "application/at+jwt", "", null, ["at+jwt"]].map(
      (typ): [string, string, () => string] => [
        "JWT-07",
        `typ ${JSON.stringify(typ)} with token_type access`,
        () => withHeader({ typ }),
      ],
    ),
    ["JWT-10", "crit", () => withHeader({ crit: ["exp"] })],
    ["JWT-10", "crit of nothing", () => withHeader({ crit: [] })],
    ["JWT-10", "b64 false", () => withHeader({ b64: false, crit: ["b64"] })],
    ["JWT-10", "zip", () => withHeader({ zip: "DEF" })],
    ["JWT-10", "a token within a token", () => forge(mint, { ...parts().header, cty: "JWT" }, good())],
    ["JWT-10", "a token as payload", () => forge(mint, parts().header, good())],
    ["JWT-10", "an encrypted token", () => `${encode({ alg: "dir", enc: "A256GCM" })}..AAAA.AAAA.AAAA`],
    ["JWT-10", "the JSON form", () => JSON.stringify({ payload: encode(parts().payload), signatures: [] })],
    ["JWT-11", "padding", () => `${good()}=`],
    ["JWT-11", "padded header", () => good().replace(".", "=.")],
    ["JWT-11", "a blank before", () => ` ${good()}`],
    ["JWT-11", "a blank after", () => `${good()} `],
    ["JWT-11", "a line end after", () => `${good()}\n`],
    ["JWT-11", "a blank within", () => good().replace(".", " .")],
    ["JWT-11", "a NUL after", () => `${good()}\u0000`],
    [
      "JWT-11",
      "standard base64",
      () =>
        good()
          .replaceAll("-", "+")
          .replaceAll("_", "/")
          .replace(/\.([^.]*)$/, ".+/$1"),
    ],
    ["JWT-11", "stray bits in the signature", () => strayBits(good())],
    ["JWT-11", "a longer signature", () => `${good()}AAAA`],
    ["JWT-11", "a shorter signature", () => good().slice(0, -4)],
    ["JWT-11", "a signature in DER", () => signedInDer()],
    [
      "JWT-11",
      "a signature of zeros",
      () => `${good().split(".").slice(0, 2).join(".")}.${Buffer.alloc(64).toString("base64url")}`,
    ],
    [
      "JWT-11",
      "a claim twice",
      () => forge(mint, parts().header, JSON.stringify(parts().payload).replace("{", '{"sub":"x",')),
    ],
    [
      "JWT-11",
      "a header member twice",
      () => forge(mint, JSON.stringify(parts().header).replace("{", '{"alg":"none",'), parts().payload),
    ],
    ["JWT-11", "blanks in the JSON", () => forge(mint, parts().header, JSON.stringify(parts().payload, undefined, 1))],
    [
      "JWT-11",
      "escapes in the JSON",
      () => forge(mint, parts().header, JSON.stringify(parts().payload).replace('"sub"', '"\\u0073ub"')),
    ],
    ["JWT-11", "a mark of byte order", () => forge(mint, parts().header, `\ufeff${JSON.stringify(parts().payload)}`)],
    ["JWT-11", "one claim more", () => withPayload({ admin: true })],
    [
      "JWT-11",
      "a prototype in the payload",
      () => forge(mint, parts().header, JSON.stringify(parts().payload).replace("{", '{"__proto__":{},')),
    ],
    ["JWT-11", "header and payload exchanged", () => forge(mint, parts().payload, parts().header)],
    ...["[]", "null", '"a"', "7", "{}", "", "\u00ff", "{"].flatMap((text): [string, string, () => string][] => [
      ["JWT-11", `the payload ${JSON.stringify(text)}`, () => forge(mint, parts().header, text)],
      ["JWT-11", `the header ${JSON.stringify(text)}`, () => forge(mint, text, parts().payload)],
    ]),
    ["JWT-12", "one megabyte", () => withPayload({ sub: "x".repeat(1_000_000) })],
    ["JWT-12", "one megabyte of dots", () => ".".repeat(1_000_000)],
    ["JWT-12", "a payload 10,000 deep", () => forge(mint, parts().header, "[".repeat(10_000) + "]".repeat(10_000))],
    ["JWT-12", "a header 3,000 deep", () => `${encode("[".repeat(1_500) + "]".repeat(1_500))}.AAAA.AAAA`],
    ["JWT-12", "p2c of 1e9", () => withHeader({ p2c: 1e9, p2s: "AAAA" })],
  ];

  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const strangerJwk: JsonWebKey = stranger.publicKey.export({ format: "jwk" });
  const signedByStranger = (more: Record<string, unknown>): string => {
    const signed = `${encode({ ...parts().header, ...more })}.${encode(parts().payload)}`;
    const signature = sign("sha256", Buffer.from(signed), { key: stranger.privateKey, dsaEncoding: "ieee-p1363" });
    return `${signed}.${signature.toString("base64url")}`;
  };
  const signedInDer = (): string => {
    const signed = `${encode(parts().header)}.${encode(parts().payload)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), mint.privateKey).toString("base64url")}`;
  };
  /** The last of 86 letters holds four bits that no byte needs: another letter decodes to the same signature. */
  const strayBits = (token: string): string => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(token.at(-1) ?? "");
    const changed = `${token.slice(0, -1)}${alphabet[last ^ 1] ?? ""}`;
    const decoded = (text: string): string => Buffer.from(text.split(".")[2] ?? "", "base64url").toString("hex");
    assert.equal(decoded(changed), decoded(token));
    return changed;
  };

  for (const [row, what, token] of attacks) {
    it(`${row}: refuses ${what}`, async () => {
      const text = token();
      // The key store must not be asked by a token that names no key of our form.
      const startedAt = performance.now();
      const found = await verdict(mint, text, both);
      assert.notEqual(found, "accepted");
      if (row === "JWT-12") assert.ok(performance.now() - startedAt < 20, "within 20 ms");
    });
  }

  it("JWT-03: cost no more reads of the key store than the made-up key of the right form", async () => {
    const counted = await openMint();
    await counted.tokens.verify(await counted.tokens.sign(claimsAt(start)), both);
    const before = counted.store.reads;
    for (const kid of ["../../dev/null", "' OR 1=1 --", "https://evil.example.org", `${counted.key.id} `, ""]) {
      assert.equal(
        await verdict(counted, forge(counted, { ...plainParts(counted).header, kid }, plainParts(counted).payload)),
        "unknown-key",
      );
    }
    assert.equal(counted.store.reads, before);
  });
});
