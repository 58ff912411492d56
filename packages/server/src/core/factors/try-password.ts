import type { CountedTry, FactorNeeds } from "./counted-try.js";
import type { FactorAnswer, FactorSubject } from "./factor.js";
import { factorBudget } from "./factor-budgets.js";
import { evaluatePassword, keepPasswordProof, takePasswordTry } from "./prove-password.js";
import { nobody } from "./nobody.js";

export const tryPassword = async (
  needs: FactorNeeds,
  { accountId, identity, origin, now }: FactorSubject,
  { password }: Extract<FactorAnswer, { factor: "password" }>,
): Promise<CountedTry | undefined> => {
  const kept = await needs.stores.passwords.find(accountId ?? nobody);
  const owner = { identity, accountId, hash: kept?.hash, changedAt: kept?.changedAt };
  const budget = factorBudget(needs.policy, "password");
  const counted = await takePasswordTry(needs, { owner, budget, origin, now });
  const { subject } = counted;
  if (subject === undefined) return undefined;
  return {
    row: subject,
    isBeside: counted.isKnown,
    evaluate: async () => {
      const verdict = await evaluatePassword(needs, { password, owner, subject });
      if (!verdict.isRight || accountId === undefined) return { kind: "wrong" };
      const alongside = await keepPasswordProof(needs, {
        owner: { ...owner, accountId },
        counted: { ...counted, subject },
        password,
        verdict,
        origin,
        now,
      });
      return { kind: "right", alongside };
    },
  };
};
