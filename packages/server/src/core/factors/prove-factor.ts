import { attemptSubject, identitySubject, untilNextDay } from "../limits/attempt-subject.js";
import { attemptWait } from "../limits/attempt-wait.js";
import type { Random } from "../ports.js";
import { type Factor, Refusal } from "../refusal.js";
import type { CountedTry, Evaluation, FactorNeeds } from "./counted-try.js";
import type { FactorAnswer, FactorSubject, ProvenFactor } from "./factor.js";
import { factorBudget, identityBudget } from "./factor-budgets.js";
import { tellLocked } from "./tell-locked.js";
import { tryBackupCode } from "./try-backup-code.js";
import { tryCode } from "./try-code.js";
import { tryControlAnswer } from "./try-control-answer.js";
import { tryMemorable } from "./try-memorable.js";
import { tryPassword } from "./try-password.js";

export interface ProveFactorNeeds extends FactorNeeds {
  readonly random: Random;
}

/**
 * Evaluates an answer that counts twice before it is looked at: in the one row of all factors of the identity, then in the factor's
 * own. Refuses with `factor-locked` when one of them gives no try, with `factor-wrong` for what is wrong, is not there or
 * belongs to nobody, all in the same steps. A right answer gives both tries back with `alongside`.
 */
export const proveFactor = async (
  needs: ProveFactorNeeds,
  subject: FactorSubject,
  answer: FactorAnswer,
): Promise<ProvenFactor> => {
  const { factor } = answer;
  const { attempts } = needs.stores;
  if (hashed.has(factor)) needs.passwords.assertRoom();
  const ofAll = identitySubject(needs.secrets, subject.identity, subject.now);
  const isCountedForAll = await attempts.take(ofAll, identityBudget, subject.now);
  const usedUp = (): Promise<Refusal> => locked(needs, subject, { factor, waitIn: untilNextDay(subject.now) });
  // A device on which the owner signed in lately has tries beside both rows, for the password alone.
  if (!isCountedForAll && factor !== "password") throw await usedUp();
  const counted = await takeOwnTry(needs, subject, answer);
  if (counted === undefined) {
    if (!isCountedForAll) throw await usedUp();
    await attempts.withdraw(ofAll);
    throw await lockedByItself(needs, subject, factor);
  }
  if (!isCountedForAll && !counted.isBeside) {
    await attempts.withdraw(counted.row);
    throw await usedUp();
  }
  const withdraw = async (): Promise<void> => {
    await attempts.withdraw(counted.row);
    if (isCountedForAll) await attempts.withdraw(ofAll);
  };
  const evaluation = await evaluate(counted, withdraw);
  if (evaluation.kind === "right")
    return {
      alongside: async (stores) => {
        await evaluation.alongside(stores);
        if (isCountedForAll) await stores.attempts.succeed(ofAll);
      },
      withdraw,
    };
  // Nothing was compared, so nothing was guessed: strangers could lock an owner out by it.
  if (evaluation.kind === "void") await withdraw();
  else await tellLocked(needs, subject, factor);
  throw await wrong(needs, subject, { factor, evaluation });
};

/** Factors whose evaluation costs a hash. */
const hashed: ReadonlySet<Factor> = new Set(["password", "backup-code", "control-answer"]);

const takeOwnTry = (
  needs: ProveFactorNeeds,
  subject: FactorSubject,
  answer: FactorAnswer,
): Promise<CountedTry | undefined> => {
  switch (answer.factor) {
    case "password":
      return tryPassword(needs, subject, answer);
    case "code":
      return tryCode(needs, subject, answer);
    case "backup-code":
      return tryBackupCode(needs, subject, answer);
    case "memorable":
      return tryMemorable(needs, subject, answer);
    case "control-answer":
      return tryControlAnswer(needs, subject, answer);
  }
};

const evaluate = async (counted: CountedTry, withdraw: () => Promise<void>): Promise<Evaluation> => {
  try {
    return await counted.evaluate();
  } catch (error) {
    // Not evaluated, so not counted: a storm must not use up anybody's budget.
    await withdraw();
    throw error;
  }
};

const lockedByItself = async (needs: FactorNeeds, subject: FactorSubject, factor: Factor): Promise<Refusal> => {
  const row = await needs.stores.attempts.find(attemptSubject(needs.secrets, factor, subject.identity));
  const waitIn = attemptWait(row, factorBudget(needs.policy, factor), subject.now);
  return locked(needs, subject, { factor, waitIn });
};

const locked = async (
  { stores }: FactorNeeds,
  subject: FactorSubject,
  { factor, waitIn }: { readonly factor: Factor; readonly waitIn: number | undefined },
): Promise<Refusal> => {
  await auditRefused({ stores }, subject, { factor, reason: "locked", wasEvaluated: false });
  return new Refusal("factor-locked", {
    factor,
    ...who(subject),
    ...(waitIn === undefined ? {} : { retryIn: Math.max(1, Math.ceil(waitIn / 1000)) }),
  });
};

const wrong = async (
  { stores }: FactorNeeds,
  subject: FactorSubject,
  { factor, evaluation }: { readonly factor: Factor; readonly evaluation: Exclude<Evaluation, { kind: "right" }> },
): Promise<Refusal> => {
  const reason = evaluation.kind === "void" ? evaluation.reason : "wrong";
  await auditRefused({ stores }, subject, { factor, reason, wasEvaluated: evaluation.kind === "wrong" });
  return new Refusal("factor-wrong", { factor, ...who(subject) });
};

const who = ({ accountId }: FactorSubject) => (accountId === undefined ? {} : { accountId });

const auditRefused = async (
  { stores }: Pick<FactorNeeds, "stores">,
  { accountId, origin, now }: FactorSubject,
  details: { readonly factor: Factor; readonly reason: string; readonly wasEvaluated: boolean },
): Promise<void> => stores.audit.append({ at: now, kind: "factor-refused", accountId, origin, details });
