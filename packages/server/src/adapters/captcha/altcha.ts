import { type Challenge, createChallenge, type Payload, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import type { CaptchaAnswer, CaptchaPurpose, CaptchaTask, CaptchaVerdict } from "#core/captcha/captchas.js";
import type { Random, Secrets } from "#core/ports.js";

export interface AltchaNeeds {
  readonly random: Random;
  readonly secrets: Secrets;
}

const solvedWithin = 600_000;
/** A spent solution stays known beyond its time, lest a clock that steps back makes it good again. */
const rememberedFor = 3_600_000;
/** Iterations of one derivation: what a challenge costs this server. */
const cost = 1_000;
const fewestTries = 500;
const mostTries = 2_500;

/** A proof of work for one owner: about a second of one processor, however the visitor's luck may be (deterministic effort). */
export const makeChallenge = async (needs: AltchaNeeds, { owner, now }: CaptchaPurpose): Promise<CaptchaTask> => {
  const { parameters, signature } = await createChallenge({
    algorithm: "PBKDF2/SHA-256",
    cost,
    counter: fewestTries + (Number(needs.random.digits(9)) % (mostTries - fewestTries)),
    expiresAt: Math.floor((now + solvedWithin) / 1000),
    deriveKey,
    ...keysOf(needs, owner),
  });
  if (signature === undefined) throw new Error("the challenge was not signed");
  return { kind: "altcha", parameters: { ...parameters }, signature };
};

/** What a widget brings: base64 of challenge and solution. The signature is of this owner, so nobody else's solution fits. */
export const checkSolution = async (needs: AltchaNeeds, answer: CaptchaAnswer): Promise<CaptchaVerdict> => {
  const payload = payloadOf(answer.response);
  if (payload === undefined) return { isRight: false, reason: "malformed" };
  const { challenge, solution } = payload;
  const { verified, expired, invalidSignature } = await verifySolution({
    challenge,
    solution,
    deriveKey,
    ...keysOf(needs, answer.owner),
  });
  if (verified && !isOver(challenge, answer.now)) {
    const expiresAt = answer.now + solvedWithin + rememberedFor;
    return { isRight: true, id: challenge.parameters.nonce, expiresAt };
  }
  if (expired || verified) return { isRight: false, reason: "over" };
  return { isRight: false, reason: invalidSignature === true ? "signature" : "wrong" };
};

/** One signs the challenge, the other the key that solves it, so that a solution is checked without being computed. */
const keysOf = ({ secrets }: Pick<AltchaNeeds, "secrets">, owner: string) => ({
  hmacSignatureSecret: secrets.digest("captcha", `challenge ${owner}`),
  hmacKeySignatureSecret: secrets.digest("captcha", `key ${owner}`),
});

/** By the clock port: the library asks the system. One without a time was not made here. */
const isOver = ({ parameters }: Challenge, now: number): boolean => (parameters.expiresAt ?? 0) * 1000 < now;

const payloadOf = (response: string): Payload | undefined => {
  const value = parse(Buffer.from(response, "base64").toString("utf8"));
  const [challenge, solution] = [memberOf(value, "challenge"), memberOf(value, "solution")];
  const parameters = memberOf(challenge, "parameters");
  if (!isFlat(parameters) || !isFlat(solution) || typeof memberOf(challenge, "signature") !== "string")
    return undefined;
  // The library compares the signature of all parameters before it reads one of them, and checks the solution's members itself.
  return { challenge, solution } as Payload;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;

/** Ours have no depth: the library would descend without end to sort the members of somebody's. */
const isFlat = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).every((member) => typeof member !== "object");
