import { Refusal } from "../refusal.js";
import type { CountedTry, FactorNeeds } from "./counted-try.js";
import { codeHash, codeSubject } from "./draw-code.js";
import type { FactorAnswer, FactorSubject } from "./factor.js";
import { triesOfACode } from "./one-time-code.js";
import { takeFactorTry } from "./take-factor-try.js";

/** A code that was sent for a session: five evaluated tries each, whatever the identity has left. */
export const tryCode = async (
  needs: FactorNeeds,
  subject: FactorSubject,
  { code, purpose }: Extract<FactorAnswer, { factor: "code" }>,
): Promise<CountedTry | undefined> => {
  const { accountId, now } = subject;
  const row = await takeFactorTry(needs, subject, "code");
  if (row === undefined) return undefined;
  const kept = codeSubject(needs, { purpose, owner: subject.sessionId });
  const hash = codeHash(needs, kept, code);
  return {
    row,
    isBeside: false,
    evaluate: async () => {
      const outcome = await needs.stores.codes.countTry(kept, triesOfACode, now);
      if (outcome !== "counted") return { kind: "void", reason: outcome };
      if (!(await needs.stores.codes.fits(kept, hash, now))) return { kind: "wrong" };
      return {
        kind: "right",
        alongside: async ({ codes, attempts }) => {
          if (!(await codes.consume(kept, hash, now)))
            throw new Refusal("factor-wrong", { factor: "code", ...(accountId === undefined ? {} : { accountId }) });
          await attempts.succeed(row);
        },
      };
    },
  };
};
