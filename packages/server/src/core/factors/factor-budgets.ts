import type { AttemptBudget, GrowingPauses } from "../limits/attempt-budget.js";
import type { MountPolicy } from "../policy.js";
import type { Factor } from "../refusal.js";

/** Failures of one identity in a day (UTC), at all factors together, over every session, key, address, node and mount of the realm. */
export const identityBudget: AttemptBudget = { limit: 50, restIn: 2 * 86_400_000, disabledAt: 1_000_000 };

/** After five failures in a row a factor pauses for a minute, twice as long after each failure more, an hour at most. */
const pauses: GrowingPauses = { after: 5, firstIn: 60_000, longestIn: 3_600_000 };

const perDay = (limit: number): AttemptBudget => ({ limit, restIn: 86_400_000, disabledAt: 100, pauses });

/** What one factor of an identity has; for passwords and codes the row is the one in which every contract counts. */
export const factorBudget = (
  { signIn, codes }: Pick<MountPolicy, "signIn" | "codes">,
  factor: Factor,
): AttemptBudget => {
  switch (factor) {
    case "password":
      return { ...signIn.passwordBudget, pauses };
    case "code":
      return { ...codes.guessBudget, disabledAt: 100, pauses };
    case "backup-code":
      return perDay(10);
    // Then another method (`specs/hardened.md`, row 6): each answer that is seen tells three letters.
    case "memorable":
      return perDay(3);
    // Many answers are guessed at once: 19.7 % of one question's are "pizza".
    case "control-answer":
      return perDay(5);
  }
};
