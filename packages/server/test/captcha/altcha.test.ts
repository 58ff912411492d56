import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Challenge, Solution } from "altcha-lib";
import { createCaptchas } from "#adapters/captcha/captchas.js";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import type { CaptchaVerdict } from "#core/captcha/captchas.js";
import { payloadOf, solve } from "./solve.js";

const open = (secret = 7) =>
  createCaptchas([], {
    random: systemRandom,
    secrets: createSecrets([new Uint8Array(32).fill(secret)]),
    isProduction: true,
  });
const owner = "default api_1";
const liveFor = 600_000;

describe("a proof of work", () => {
  const captchas = open();
  const now = Date.now();
  let challenge: Challenge;
  let solution: Solution;
  const make = async (at = now, of = owner): Promise<Challenge> => {
    const task = await captchas.task("altcha", { owner: of, now: at });
    assert.ok(task?.kind === "altcha");
    const { parameters, signature } = task;
    // What the library made.
    return { parameters, signature } as unknown as Challenge;
  };
  before(async () => {
    challenge = await make();
    solution = await solve(challenge);
  });
  const check = (response: string, over: object = {}): Promise<CaptchaVerdict> =>
    captchas.check("altcha", { response, flow: "login", address: "203.0.113.7", owner, now, ...over });
  const wrong = (reason: string): CaptchaVerdict => ({ isRight: false, reason });

  it("is right once solved, and known by its nonce until long after its time", async () => {
    assert.deepEqual(await check(payloadOf(challenge, solution)), {
      isRight: true,
      id: challenge.parameters.nonce,
      expiresAt: now + liveFor + 3_600_000,
    });
  });

  it("costs some work, and no two are alike", async () => {
    assert.ok(solution.counter >= 500 && solution.counter < 2_500, String(solution.counter));
    const others = await Promise.all(Array.from({ length: 20 }, () => make()));
    assert.equal(new Set(others.map(({ parameters }) => parameters.nonce)).size, 20);
    assert.ok(new Set(others.map(({ parameters }) => parameters.keyPrefix)).size === 20);
  });

  it("is over after ten minutes, by the server's clock", async () => {
    const at = (later: number) => check(payloadOf(challenge, solution), { now: now + later });
    assert.equal((await at(liveFor - 1_000)).isRight, true);
    assert.deepEqual(await at(liveFor + 1), wrong("over"));
    const old = await make(now - liveFor - 1_000);
    assert.deepEqual(await check(payloadOf(old, await solve(old))), wrong("over"));
  });

  it("is no other API key's, realm's or server's", async () => {
    const response = payloadOf(challenge, solution);
    for (const other of ["default api_2", "other api_1", "default", ""])
      assert.deepEqual(await check(response, { owner: other }), wrong("signature"));
    const answer = { response, flow: "login", address: "", owner, now } as const;
    assert.deepEqual(await open(8).check("altcha", answer), wrong("signature"));
  });

  const changes: readonly [string, () => unknown, string][] = [
    ["a derived key of zeros", () => [challenge, { ...solution, derivedKey: "00".repeat(32) }], "wrong"],
    [
      "the part of the key that is told",
      () => [challenge, { ...solution, derivedKey: challenge.parameters.keyPrefix }],
      "wrong",
    ],
    [
      "a derived key in capitals",
      () => [challenge, { ...solution, derivedKey: solution.derivedKey.toUpperCase() }],
      "wrong",
    ],
    ["no derived key", () => [challenge, { counter: solution.counter }], "wrong"],
    [
      "a derived key that is a list",
      () => [challenge, { ...solution, derivedKey: [solution.derivedKey] }],
      "malformed",
    ],
    ["a counter that is a text", () => [challenge, { ...solution, counter: String(solution.counter) }], "wrong"],
    ["a negative counter", () => [challenge, { ...solution, counter: -1 }], "wrong"],
    ["no solution", () => [challenge, undefined], "malformed"],
    ["a solution that is null", () => [challenge, null], "malformed"],
    ["another end", () => [changed({ expiresAt: 9_999_999_999 }), solution], "signature"],
    ["no end", () => [changed({ expiresAt: undefined }), solution], "signature"],
    ["an end that is a text", () => [changed({ expiresAt: "never" }), solution], "signature"],
    ["a lower cost", () => [changed({ cost: 1 }), solution], "signature"],
    ["an enormous cost", () => [changed({ cost: 2_147_483_647 }), solution], "signature"],
    ["no signed key", () => [changed({ keySignature: undefined }), solution], "signature"],
    ["another nonce", () => [changed({ nonce: "00".repeat(16) }), solution], "signature"],
    ["another algorithm", () => [changed({ algorithm: "SHA-256" }), solution], "signature"],
    ["one member more", () => [changed({ x: 1 }), solution], "signature"],
    ["a deep member", () => [changed({ data: { a: { a: {} } } }), solution], "malformed"],
    ["no signature", () => [{ parameters: challenge.parameters }, solution], "malformed"],
    ["an empty signature", () => [{ ...challenge, signature: "" }, solution], "signature"],
    ["a signature that is a list", () => [{ ...challenge, signature: [challenge.signature] }, solution], "malformed"],
    ["no parameters", () => [{ signature: challenge.signature }, solution], "malformed"],
    ["parameters that are a list", () => [{ ...challenge, parameters: [] }, solution], "signature"],
  ];
  const changed = (over: object): object => ({ ...challenge, parameters: { ...challenge.parameters, ...over } });
  for (const [what, make, reason] of changes)
    it(`is wrong with ${what}`, async () => {
      const [one, other] = make() as readonly [unknown, unknown];
      assert.deepEqual(await check(payloadOf(one, other)), wrong(reason));
    });

  const texts: readonly [string, string][] = [
    ["a word", "solved"],
    ["JSON as it is", '{"challenge":{},"solution":{}}'],
    ["null", Buffer.from("null").toString("base64")],
    ["a number", Buffer.from("1").toString("base64")],
    ["a list", Buffer.from("[]").toString("base64")],
    ["a thousand brackets", Buffer.from("[".repeat(4_000)).toString("base64")],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00]).toString("base64")],
    ["a prototype", Buffer.from('{"__proto__":{"challenge":{}}}').toString("base64")],
  ];
  for (const [what, text] of texts)
    it(`is not ${what}`, async () => {
      assert.deepEqual(await check(text), wrong("malformed"));
    });

  it("is the same one in every spelling of its base64", async () => {
    const response = payloadOf(challenge, solution);
    const spellings = [response.replaceAll("=", ""), `${response}\n`, response.replace(/(.{40})/g, "$1 ")];
    for (const spelling of spellings) {
      const verdict = await check(spelling);
      assert.equal(verdict.isRight && verdict.id, challenge.parameters.nonce);
    }
  });
});
