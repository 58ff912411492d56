import type { Instant } from "../ids.js";
import type { AttemptBudget } from "./attempt-budget.js";

export interface CountedAttempts {
  /** Tries since the last rest. */
  readonly used: number;
  /** Failures in a row, over any time. */
  readonly failedInRow: number;
  readonly lastAt: Instant;
  readonly isDisabled: boolean;
}

/** Tries of guessable factors, per identity, shared by every node, session, mount and contract of the realm. Durable. */
export interface AttemptStore {
  /**
   * Counts one try before it is evaluated, in one conditional statement: `true` when the budget had room.
   * Two at once never get the same last place.
   */
  take(subject: string, budget: AttemptBudget, at: Instant): Promise<boolean>;
  /** After a right answer: gives the try back and ends the row of consecutive failures. */
  succeed(subject: string): Promise<void>;
  /** After a right answer that only the owner can give: the whole budget is there again, and the row of failures has ended. */
  refill(subject: string): Promise<void>;
  /** The owner was let in beside this budget: ends its row of consecutive failures, gives no try back, opens no disabled factor. */
  endRow(subject: string): Promise<void>;
  /** The try was never evaluated (the server was overloaded): undoes one `take`, never below zero. */
  withdraw(subject: string): Promise<void>;
  /** Forgets all tries of the subject, as recovery does. */
  reset(subject: string): Promise<void>;
  /** Ends the row of consecutive failures and opens a disabled factor; gives no try back. */
  reopen(subject: string): Promise<void>;
  /** What is counted for the subject; `undefined` for nothing. */
  find(subject: string): Promise<CountedAttempts | undefined>;
  /** What is counted under subjects that begin with this text, which no other identity's do; in the order of the subjects. */
  list(beginning: string): Promise<readonly (CountedAttempts & { readonly subject: string })[]>;
  /** Forgets all tries under such subjects. */
  resetAll(beginning: string): Promise<void>;
  /** Drops at most `limit` rows last used at or before `before` that hold no disabled factor; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}
