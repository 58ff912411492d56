/**
 * How often an identity may try a factor. A try that succeeds is given back, so only failures count.
 * The budget is full again once `restIn` has passed without a counted try: no stretch of `restIn` ever holds more than `limit`.
 */
export interface AttemptBudget {
  readonly limit: number;
  /** Milliseconds. */
  readonly restIn: number;
  /** Consecutive failures, over any time, at which the factor is disabled until recovery (NIST SP 800-63B-4 section 3.2.2). */
  readonly disabledAt: number;
  /** A pause that grows with each failure. Those who count in one row may differ in it. */
  readonly pauses?: GrowingPauses;
}

/** Milliseconds for which an identity that failed `after` times in a row has to wait; doubled with each further failure. */
export interface GrowingPauses {
  readonly after: number;
  readonly firstIn: number;
  readonly longestIn: number;
}

/** Doublings that are counted; whoever fails more often waits for the longest time. */
const doublings = 7;

/** The pauses in the order of failures, from the one that follows `after` of them. */
export const growingPauses = ({ firstIn, longestIn }: GrowingPauses): readonly number[] =>
  Array.from({ length: doublings }, (_, step) => Math.min(firstIn * 2 ** step, longestIn));

/** How long the identity waits after so many failures in a row. */
export const pauseAfter = (pauses: GrowingPauses, failedInRow: number): number =>
  failedInRow < pauses.after ? 0 : (growingPauses(pauses)[failedInRow - pauses.after] ?? pauses.longestIn);
