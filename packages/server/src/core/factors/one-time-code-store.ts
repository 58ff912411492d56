import type { AccountId, Instant } from "../ids.js";
import type { KeptCode, OneTimeCode } from "./one-time-code.js";

/** One-time codes of one realm. Durable: what was used or tried stays so, whatever is lost beside the database. */
export interface OneTimeCodeStore {
  /** Keeps the code in place of the subject's older one, with all its tries. */
  replace(code: OneTimeCode): Promise<void>;
  /**
   * Counts one try before it is compared, in one conditional statement: `counted` when the code is live and had a try left. Two at
   * once never get the same last try. `over`: its time is over. `spent`: used, or out of tries. `absent`: there is none.
   */
  countTry(subject: string, tries: number, at: Instant): Promise<"counted" | "spent" | "over" | "absent">;
  /** Whether the hash is that of the subject's code, unused and within its time; spends nothing. One read, never stale. */
  fits(subject: string, codeHash: string, at: Instant): Promise<boolean>;
  /** Uses the code up, for exactly one caller who has counted his try: `false` when the hash is another, or it is used or over. */
  consume(subject: string, codeHash: string, at: Instant): Promise<boolean>;
  /** Used and over ones included until they are purged. */
  listOf(accountId: AccountId): Promise<readonly KeptCode[]>;
  /** Drops the subject's code. */
  remove(subject: string): Promise<void>;
  /** Drops every code of the account. */
  removeAll(accountId: AccountId): Promise<void>;
  /** Drops at most `limit` codes that expired at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}
