import type { Instant } from "../ids.js";
import { type AttemptBudget, pauseAfter } from "./attempt-budget.js";
import type { CountedAttempts } from "./attempt-store.js";

/** Milliseconds until the budget gives a try again; 0: it does. `undefined`: not before recovery. */
export const attemptWait = (
  counted: CountedAttempts | undefined,
  budget: AttemptBudget,
  at: Instant,
): number | undefined => {
  if (counted === undefined) return 0;
  if (counted.failedInRow >= budget.disabledAt) return undefined;
  const pause = budget.pauses === undefined ? 0 : pauseAfter(budget.pauses, counted.failedInRow);
  const rest = counted.used < budget.limit ? 0 : budget.restIn;
  const whole = Math.max(pause, rest);
  // Never more than the whole, also when the clock was set back.
  return Math.max(0, Math.min(counted.lastAt + whole - at, whole));
};
