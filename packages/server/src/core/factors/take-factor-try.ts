import { attemptSubject } from "../limits/attempt-subject.js";
import type { Factor } from "../refusal.js";
import type { FactorNeeds } from "./counted-try.js";
import type { FactorSubject } from "./factor.js";
import { factorBudget } from "./factor-budgets.js";

/** Counts a try in the identity's row of the factor, and names the row; `undefined`: it gives none. */
export const takeFactorTry = async (
  { secrets, stores, policy }: FactorNeeds,
  { identity, now }: FactorSubject,
  factor: Factor,
): Promise<string | undefined> => {
  const row = attemptSubject(secrets, factor, identity);
  return (await stores.attempts.take(row, factorBudget(policy, factor), now)) ? row : undefined;
};
