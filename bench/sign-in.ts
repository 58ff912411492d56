import { rawHash } from "./raw-hash.ts";
import { compareInRounds, type Figure } from "./rounds.ts";
import { cores } from "./machine.ts";
import { measureLoad, signIns, type Subject } from "./subject.ts";

/**
 * `POST /login` beside the raw hash: what signing in costs beyond the one thing in it that must be dear. Enough callers that the
 * hashing process always has work while others wait for the database.
 */
export const benchSignIn = async (subject: Subject): Promise<readonly Figure[]> => {
  const requests = signIns(subject);
  const compared = await compareInRounds(3, {
    subject: () =>
      measureLoad(subject, 200, { requests, forIn: 3000, callers: 12 * cores, perAddress: 10, atMost: 2000 }),
    limit: () => rawHash(1500),
  });
  const limit = `raw Argon2id, ${cores} at once`;
  return [{ scenario: "sign-in", engine: subject.engine, limit, bar: 0.8, ...compared }];
};
