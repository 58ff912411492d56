import { foldAnswer } from "./control-question.js";
import type { CountedTry, FactorNeeds } from "./counted-try.js";
import type { FactorAnswer, FactorSubject } from "./factor.js";
import { nobody } from "./nobody.js";
import { takeFactorTry } from "./take-factor-try.js";

export const tryControlAnswer = async (
  needs: FactorNeeds,
  subject: FactorSubject,
  { answer }: Extract<FactorAnswer, { factor: "control-answer" }>,
): Promise<CountedTry | undefined> => {
  const { accountId } = subject;
  const question = await needs.stores.factors.controlQuestion(accountId ?? nobody);
  const row = await takeFactorTry(needs, subject, "control-answer");
  if (row === undefined) return undefined;
  const folded = foldAnswer(answer);
  return {
    row,
    isBeside: false,
    evaluate: async () => {
      const { isRight } = await (question === undefined
        ? needs.passwords.verifyNothing(folded)
        : needs.passwords.verify(folded, question.answerHash));
      if (!isRight || accountId === undefined) return { kind: "wrong" };
      return { kind: "right", alongside: ({ attempts }) => attempts.refill(row) };
    },
  };
};
