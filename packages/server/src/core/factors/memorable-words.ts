import type { Random, Secrets, Stores } from "../ports.js";
import type { FactorSubject } from "./factor.js";
import { lettersOf } from "./letters.js";
import { nobody } from "./nobody.js";

export interface ChallengeNeeds {
  readonly random: Random;
  readonly secrets: Secrets;
  readonly stores: Pick<Stores, "factors">;
}

/**
 * The positions whose letters an account is asked for, in rising order. They stay the same, over every session, until they are answered
 * or a day is over: each new draw would tell an eavesdropper more of the words. Nobody's are drawn and kept in the same steps. The
 * session keeps what it got here.
 */
export const challengePositions = async (
  needs: ChallengeNeeds,
  subject: Pick<FactorSubject, "accountId" | "identity" | "now">,
): Promise<readonly number[]> => {
  const { accountId, identity, now } = subject;
  const words = await needs.stores.factors.memorableWords(accountId ?? nobody);
  const decoyLength = decoyLengthOf(needs.secrets, identity);
  const count = words === undefined ? decoyLength : words.flatMap(lettersOf).length;
  return needs.stores.factors.pinPositions(pinSubject(needs.secrets, subject), drawPositions(needs.random, count), {
    at: now,
    drawnBefore: now - pinnedIn,
  });
};

/** Under which the positions are pinned: the account's id, as the store drops them with its words. */
export const pinSubject = (
  secrets: Secrets,
  { accountId, identity }: Pick<FactorSubject, "accountId" | "identity">,
): string => accountId ?? secrets.digest("decoy", `positions ${identity}`);

/** Letters that are asked for at once. */
const asked = 3;
/** Milliseconds for which unanswered positions stay. */
const pinnedIn = 86_400_000;

/** How long the words of nobody are: always the same for one identity. */
const decoyLengthOf = (secrets: Secrets, identity: string): number =>
  8 + (secrets.digest("decoy", `memorable ${identity}`).charCodeAt(0) % 13);

const drawPositions = (random: Random, count: number): readonly number[] => {
  const positions = new Set<number>();
  while (positions.size < Math.min(asked, count)) positions.add(drawBelow(random, count) + 1);
  return [...positions].toSorted((one, other) => one - other);
};

/** Each number below `count` as likely as any other. */
const drawBelow = (random: Random, count: number): number => {
  const evenly = 10_000 - (10_000 % count);
  let drawn = evenly;
  while (drawn >= evenly) drawn = Number(random.digits(4));
  return drawn % count;
};
