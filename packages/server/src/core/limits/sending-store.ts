import type { Instant } from "../ids.js";
import type { SendingBudget } from "./sending-budget.js";

/** Messages to one address, over every mount, session and node of the realm. Durable. */
export interface SendingStore {
  /**
   * Counts one message before it is written, in one conditional statement: `undefined` when the budget had room, else the milliseconds
   * until it has. Two at once never get the same last place. In a transaction it holds the subject until the end.
   */
  take(subject: string, budget: SendingBudget, at: Instant): Promise<number | undefined>;
  /** What is counted now of subjects that begin so; windows that are over count nothing. */
  used(beginning: string, at: Instant): Promise<readonly UsedSending[]>;
  /** Drops at most `limit` rows last used at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}

export interface UsedSending {
  readonly subject: string;
  readonly inHour: number;
  readonly inDay: number;
}
