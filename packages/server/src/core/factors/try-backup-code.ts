import { tellOwner } from "../outbox/write-letter.js";
import type { Random } from "../ports.js";
import { Refusal } from "../refusal.js";
import { parseBackupCode } from "./backup-code.js";
import type { CountedTry, FactorNeeds } from "./counted-try.js";
import type { FactorAnswer, FactorSubject } from "./factor.js";
import { nobody } from "./nobody.js";
import { takeFactorTry } from "./take-factor-try.js";

/** One of the codes that an account keeps on paper. Its slot finds the one hash that is compared. The owner is told of its use. */
export const tryBackupCode = async (
  needs: FactorNeeds & { readonly random: Random },
  subject: FactorSubject,
  { code }: Extract<FactorAnswer, { factor: "backup-code" }>,
): Promise<CountedTry | undefined> => {
  const { accountId, now } = subject;
  const { slot, folded } = parseBackupCode(code);
  const hash = await needs.stores.factors.findBackupCode(accountId ?? nobody, slot);
  const row = await takeFactorTry(needs, subject, "backup-code");
  if (row === undefined) return undefined;
  return {
    row,
    isBeside: false,
    evaluate: async () => {
      const { isRight } = await (hash === undefined
        ? needs.passwords.verifyNothing(folded)
        : needs.passwords.verify(folded, hash));
      if (!isRight || hash === undefined || accountId === undefined) return { kind: "wrong" };
      return {
        kind: "right",
        alongside: async (stores) => {
          if (!(await stores.factors.useBackupCode(accountId, { slot, hash }, now)))
            throw new Refusal("factor-wrong", { factor: "backup-code", accountId });
          await stores.attempts.refill(row);
          const owner = await stores.accounts.find(accountId);
          if (owner === undefined) return;
          const { backupCodes: left } = await stores.factors.enrolled(accountId);
          await tellOwner(needs, stores, { ...owner, letter: { kind: "backup-code-used", left, at: now }, now });
        },
      };
    },
  };
};
