import type { AccountId, Instant } from "../ids.js";
import { attemptSubject, identitySubject } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Secrets, Stores } from "../ports.js";
import { Refusal, type RefusalCode } from "../refusal.js";
import { identityBudget } from "./factor-budgets.js";
import { triesOfACode } from "./one-time-code.js";

export interface CodeTryNeeds {
  readonly secrets: Secrets;
  readonly stores: Pick<Stores, "attempts" | "codes">;
  readonly policy: Pick<MountPolicy, "codes">;
}

export interface CodeTry {
  /** `counted`: it may be evaluated. `spent`: the code's tries, or its owner's, are used up. */
  readonly outcome: "counted" | "spent" | "over" | "absent";
  /** Within the transaction of a right answer: gives the try back to its owner. */
  readonly giveBack: (stores: Pick<Stores, "attempts">) => Promise<void>;
}

/**
 * Counts a guess before it is evaluated, and outside the transaction that evaluates it: a refusal must not give it back. Whatever becomes
 * of it takes the same three steps. A guess at a code that is not there, or over, costs its owner nothing: strangers could lock him out by it.
 */
export const takeCodeTry = async (
  { secrets, stores, policy }: CodeTryNeeds,
  command: { readonly subject: string; readonly identity: string; readonly now: Instant },
): Promise<CodeTry> => {
  const { subject, identity, now } = command;
  const ofCode = await stores.codes.countTry(subject, triesOfACode, now);
  const isCounted = ofCode === "counted";
  const guesser = isCounted ? identity : `void ${identity}`;
  const own = attemptSubject(secrets, "code", guesser);
  const ofAll = identitySubject(secrets, guesser, now);
  const hasRoom = await stores.attempts.take(own, policy.codes.guessBudget, now);
  const hasRoomForAll = await stores.attempts.take(ofAll, identityBudget, now);
  // Not evaluated, so not counted.
  if (hasRoom && !hasRoomForAll) await stores.attempts.withdraw(own);
  if (hasRoomForAll && !hasRoom) await stores.attempts.withdraw(ofAll);
  return {
    outcome: isCounted && !(hasRoom && hasRoomForAll) ? "spent" : ofCode,
    giveBack: async ({ attempts }) => {
      await attempts.succeed(own);
      await attempts.succeed(ofAll);
    },
  };
};

/** Whose tries they are: an account's, whatever it is asked for by, or those of an address that nobody has proven. */
export const guessIdentity = (accountId: string | undefined, normalizedEmail: string): string =>
  accountId ?? `email:${normalizedEmail}`;

/** Whether a guess was refused as a guess; anything else that was thrown says nothing about it. */
export const isRefusedGuess = (error: unknown): error is Refusal =>
  error instanceof Refusal && guessRefusals.has(error.code);

const guessRefusals: ReadonlySet<RefusalCode> = new Set([
  "registration-unknown",
  "code-unknown",
  "code-expired",
  "code-wrong",
]);

/** To be written outside the transaction, which the refusal has undone. */
export const recordRefusedGuess = (
  { stores }: { readonly stores: Pick<Stores, "audit"> },
  { code, details }: Refusal,
  {
    accountId,
    origin,
    now,
  }: { readonly accountId: AccountId | undefined; readonly origin: Origin; readonly now: Instant },
): Promise<void> => {
  const told = {
    reason: code,
    ...("reason" in details ? { why: String(details.reason) } : {}),
    ...("wasEvaluated" in details ? { wasEvaluated: details.wasEvaluated } : {}),
  };
  return stores.audit.append({ at: now, kind: "code-refused", accountId, origin, details: told });
};
