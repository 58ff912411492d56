import type { AccountId, Instant } from "../ids.js";
import type { Guest } from "./guest.js";

/** Guests of one realm. */
export interface GuestStore {
  insert(guest: Guest): Promise<void>;
  find(accountId: AccountId): Promise<Guest | undefined>;
  /** Keeps that it came: `false` when the account is no guest any more. */
  touch(accountId: AccountId, at: Instant): Promise<boolean>;
  /** Ends being a guest, for exactly one caller: `false` when the account is none any more. */
  remove(accountId: AccountId): Promise<boolean>;
  /** As `remove`, and only when it last came at or before `before`. */
  removeIdle(accountId: AccountId, before: Instant): Promise<boolean>;
  /**
   * Guests that last came at or before `before`, longest away first; at most `limit`. Without those whose account is deleted, and
   * those with a session that has not ended and was used since.
   */
  findIdle(before: Instant, limit: number): Promise<readonly AccountId[]>;
}
