import type { CountedTry, FactorNeeds } from "./counted-try.js";
import type { FactorAnswer, FactorSubject } from "./factor.js";
import { foldLetter, lettersOf } from "./letters.js";
import { pinSubject } from "./memorable-words.js";
import { nobody } from "./nobody.js";
import { takeFactorTry } from "./take-factor-try.js";

/** Letters at the positions that the session was asked for, all of them or none: how many were right is not told, and takes the same time. */
export const tryMemorable = async (
  needs: FactorNeeds,
  subject: FactorSubject,
  { letters, positions }: Extract<FactorAnswer, { factor: "memorable" }>,
): Promise<CountedTry | undefined> => {
  const { accountId } = subject;
  const words = await needs.stores.factors.memorableWords(accountId ?? nobody);
  const row = await takeFactorTry(needs, subject, "memorable");
  if (row === undefined) return undefined;
  return {
    row,
    isBeside: false,
    evaluate: async () => {
      const kept = (words ?? []).flatMap(lettersOf);
      const expected = keyed(needs, positions, (position) => kept[position - 1]);
      const given = keyed(needs, positions, (position) => letters.get(position));
      // A caller that names positions of its own, or leaves some out, is wrong like any other.
      const isComplete = letters.size === positions.length && positions.every((position) => letters.has(position));
      if (expected !== given || !isComplete || kept.length === 0) return { kind: "wrong" };
      return {
        kind: "right",
        alongside: async ({ factors, attempts }) => {
          await factors.unpinPositions(pinSubject(needs.secrets, subject));
          await attempts.refill(row);
        },
      };
    },
  };
};

/** The letters under a keyed hash: where two of them differ tells nothing of what they are. */
const keyed = (
  { secrets }: Pick<FactorNeeds, "secrets">,
  positions: readonly number[],
  letterAt: (position: number) => string | undefined,
): string =>
  secrets.digest("memorable-letters", positions.map((position) => foldLetter(letterAt(position) ?? "")).join(" "));
