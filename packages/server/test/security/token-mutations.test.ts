import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { jwtCalls, signedIn } from "../server/jwt-calls.js";
import { request, type Response } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const atOnce = 16;
const told = ["Invalid token", "Token is missing or improperly formatted"];

describe("changed tokens over HTTP", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it("are all refused, at least 2,000, and none of them ends the session", async (test) => {
    const calls = jwtCalls(server.origin("/auth"));
    const owner = await signedIn(calls);
    const other = await signedIn(calls);
    const { json } = await request(`${server.origin("/auth")}/.well-known/jwks.json`);
    // The server's own answer, whose form its contract tests hold.
    const [published] = (json as { readonly keys: readonly Record<string, string>[] }).keys;
    assert.ok(published);

    const access = [...mutations(owner.access), ...forgeries(owner.access, other.access, published)];
    const refresh = [...mutations(owner.refresh), ...forgeries(owner.refresh, other.refresh, published)];
    const attacks: (() => Promise<Response>)[] = [
      ...access.map((token) => () => calls.me(token)),
      ...refresh.map((token) => () => calls.refresh(token)),
      ...access.map((token) => () => calls.logout(token)),
      // A token of one kind is good nowhere else.
      () => calls.me(owner.refresh),
      () => calls.refresh(owner.access),
    ];
    assert.ok(attacks.length >= 2_000, String(attacks.length));
    const waiting = [...attacks];
    const attack = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const answer = await next();
        assert.equal(answer.status, 401, answer.text);
        assert.ok(
          told.some((message) => answer.text === JSON.stringify({ message })),
          answer.text,
        );
      }
    };
    await Promise.all(Array.from({ length: atOnce }, attack));
    assert.equal((await calls.me(owner.access)).status, 200);
    assert.equal((await calls.refresh(owner.refresh)).status, 200);
    test.diagnostic(`${attacks.length} changed tokens, none accepted`);
  });
});

/** Every position changed, and every shape of the text: also what decodes to the same bytes. */
function mutations(token: string): readonly string[] {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const changed = Array.from(token, (letter, at) => {
    const index = alphabet.indexOf(letter);
    // The next letter differs in the lowest bit, which base64url does not use in a part's last letter.
    const by = index < 0 ? "A" : alphabet[index ^ 1];
    return `${token.slice(0, at)}${by}${token.slice(at + 1)}`;
  });
  const removed = Array.from(
    { length: Math.floor(token.length / 4) },
    (_, at) => token.slice(0, at * 4) + token.slice(at * 4 + 1),
  );
  return [
    ...changed,
    ...removed,
    "",
    ".",
    "..",
    "...",
    header,
    `${header}.${claims}`,
    `${header}.${claims}.`,
    `.${claims}.${signature}`,
    `${header}..${signature}`,
    `${token}.`,
    `.${token}`,
    `${token}.${signature}`,
    `${token}=`,
    `${token}==`,
    `${token}A`,
    `${token}AA`,
    `${header}=.${claims}.${signature}`,
    `${claims}.${header}.${signature}`,
    `${header}.${signature}.${claims}`,
    `${token},${token}`,
    `"${token}"`,
    `${token}%20`,
    `${token}\t${token}`,
    token.toLowerCase(),
    token.toUpperCase(),
    token.repeat(20),
    `${header}.${claims}.${signature.replaceAll("-", "+").replaceAll("_", "/")}+`,
  ];
}

/** Tokens that a stranger who has read everything public can make. */
function forgeries(token: string, others: string, published: Readonly<Record<string, string>>): readonly string[] {
  const [head = "", body = "", signature = ""] = token.split(".");
  const [otherHead = "", otherBody = "", otherSignature = ""] = others.split(".");
  const header = decode(head);
  const claims = decode(body);
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ownJwk = own.publicKey.export({ format: "jwk" });
  const signOwn = (text: string) =>
    sign("sha256", Buffer.from(text), { key: own.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  const pem = createPublicKey({ key: published, format: "jwk" }).export({ format: "pem", type: "spki" });
  const hmacKeys = [pem, JSON.stringify(published), published["x"] ?? "", "", "secret"];
  const later = { ...claims, exp: Number(claims["exp"]) + 3600 };
  const headers = [
    header,
    { ...header, kid: "own" },
    { ...header, kid: "../../dev/null" },
    { ...header, kid: "' or 1=1 --" },
    { ...header, kid: ["a"] },
    { ...header, kid: undefined },
    { ...header, jwk: ownJwk },
    { ...header, jku: "http://127.0.0.1:1/jwks" },
    { ...header, x5u: "http://127.0.0.1:1/x" },
    { ...header, crit: ["exp"] },
    { ...header, crit: ["b64"], b64: false },
    { ...header, zip: "DEF" },
    { ...header, typ: "JWT" },
    { ...header, alg: "ES384" },
    { ...header, alg: "RS256" },
    { ...header, alg: "EdDSA" },
    { ...header, alg: ["ES256"] },
  ];
  const bodies = [
    later,
    { ...claims, token_type: claims["token_type"] === "access" ? "refresh" : "access" },
    { ...claims, sub: decode(otherBody)["sub"] },
    { ...claims, sid: decode(otherBody)["sid"] },
    { ...claims, exp: undefined },
    { ...claims, exp: "9999999999" },
    { ...claims, iss: "http://127.0.0.1" },
    { ...claims, aud: ["a", "b"] },
  ];
  return [
    // Another token's signature, header or claims.
    `${head}.${body}.${otherSignature}`,
    `${head}.${otherBody}.${signature}`,
    `${otherHead}.${body}.${otherSignature}`,
    // The empty signatures of CVE-2022-21449 and their kin.
    `${head}.${body}.${Buffer.alloc(64).toString("base64url")}`,
    `${head}.${body}.${Buffer.from([0x30, 6, 2, 1, 0, 2, 1, 0]).toString("base64url")}`,
    ...bodies.map((changed) => `${head}.${encode(changed)}.${signature}`),
    ...headers.flatMap((changed) => {
      const text = `${encode(changed)}.${encode(later)}`;
      return [`${text}.${signOwn(text)}`, `${encode(changed)}.${body}.${signature}x`];
    }),
    ...["none", "None", "NONE", "nOnE", "", null].flatMap((alg) => {
      const text = `${encode({ ...header, alg })}.${encode(later)}`;
      return [`${text}.`, `${text}.${signature}`];
    }),
    ...["HS256", "HS384", "HS512"].flatMap((alg) =>
      hmacKeys.map((key) => {
        const text = `${encode({ ...header, alg })}.${encode(later)}`;
        return `${text}.${createHmac(`sha${alg.slice(2)}`, key)
          .update(text)
          .digest("base64url")}`;
      }),
    ),
  ];
}

function decode(part: string): Record<string, unknown> {
  // A part of a token that the server has just made.
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
}

function encode(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
