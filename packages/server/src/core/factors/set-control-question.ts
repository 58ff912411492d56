import type { Identifier } from "../identities/identifier.js";
import type { Origin } from "../origin.js";
import type { PasswordHasher } from "../ports.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { changeFactor, type ChangeFactorNeeds } from "./change-factor.js";
import { foldAnswer } from "./control-question.js";

export interface SetControlQuestionNeeds extends ChangeFactorNeeds {
  readonly passwords: PasswordHasher;
}

export interface SetControlQuestionCommand {
  readonly user: SessionWithAccount;
  readonly question: string;
  /** Checked by `isSelfEvident`. */
  readonly answer: string;
  readonly origin: Origin;
}

/** Sets the question by which an account may be recovered. The answer is kept as its hash, folded. */
export const setControlQuestion = async (
  needs: SetControlQuestionNeeds,
  { user, question, answer, origin }: SetControlQuestionCommand,
): Promise<void> => {
  const answerHash = await needs.passwords.hash(foldAnswer(answer));
  await changeFactor(needs, {
    user,
    factor: "control-answer",
    origin,
    write: ({ factors }, at) => factors.setControlQuestion(user.account.id, { question, answerHash }, at),
  });
};

/** Whether an answer is what a stranger tries first: the question itself, or what its owner signs in with. */
export const isSelfEvident = (
  answer: string,
  { question, identifiers }: { readonly question: string; readonly identifiers: readonly Identifier[] },
): boolean => {
  const folded = comparable(answer);
  const known = identifiers.flatMap(({ displayValue, normalizedValue }) => [
    displayValue,
    normalizedValue,
    normalizedValue.split("@")[0] ?? "",
  ]);
  return folded === "" || [question, ...known].some((text) => comparable(text) === folded);
};

/** Without what is only punctuation: `+98 912…` and `98912…` are one number. */
const comparable = (text: string): string => foldAnswer(text).replaceAll(/[^\p{L}\p{N}]/gu, "");
