import type { AccountId, Instant } from "../ids.js";
import type { Secrets } from "../ports.js";
import type { Factor } from "../refusal.js";

/** `any`: all of them together. */
type CountedFactor = Factor | "any";

/**
 * Under which key the tries of an identity at a factor are counted. An account's id, which tells nothing, stands there as it is: under
 * a keyed hash, each rotation of `SECRET_KEY` would give fresh tries and open disabled factors. Whatever else was asked for can be
 * guessed, so it is kept under the keyed hash, and begins anew with a new secret: nobody can sign in there.
 */
export const attemptSubject = (secrets: Secrets, factor: CountedFactor, identity: string): string => {
  // Made for both, so that known and unknown take the same time.
  const keyed = secrets.digest("attempt-subject", `${factor} ${identity}`);
  return isAccountId(identity) ? accountSubject(factor, identity) : keyed;
};

/** How the keys of an account's tries begin, of each factor and of all together. */
export const accountSubjects = (
  accountId: AccountId,
): readonly { readonly factor: string; readonly beginning: string }[] =>
  // Own keys of a record of these.
  (Object.keys(countedFactors) as readonly CountedFactor[]).map((factor) => ({
    factor,
    beginning: accountSubject(factor, accountId),
  }));

export const accountSubject = (factor: CountedFactor, accountId: AccountId): string => `${factor} ${accountId}`;

/** Under which key the failures of an identity at all factors together are counted: one row for each day (UTC). */
export const identitySubject = (secrets: Secrets, identity: string, at: Instant): string =>
  `${attemptSubject(secrets, "any", identity)} ${Math.floor(at / dayIn)}`;

/** Milliseconds until the next row is begun. */
export const untilNextDay = (at: Instant): number => dayIn - (at % dayIn);

const dayIn = 86_400_000;

// A record, so that one which is missing here does not compile.
const countedFactors: Readonly<Record<CountedFactor, true>> = {
  password: true,
  code: true,
  "backup-code": true,
  memorable: true,
  "control-answer": true,
  any: true,
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Nothing asked for looks like one: its kind stands before it, as in `email:…`. */
const isAccountId = (identity: string): identity is AccountId => uuid.test(identity);
