import type { AccountId, Instant } from "../ids.js";
import type { Guest } from "./guest.js";

/** Guests of one realm. */
export interface GuestStore {
  insert(guest: Guest): Promise<void>;
  find(accountId: AccountId): Promise<Guest | undefined>;
  /** Keeps that it came. */
  touch(accountId: AccountId, at: Instant): Promise<void>;
  /** Ends being a guest, for exactly one caller: `false` when the account is none any more. */
  remove(accountId: AccountId): Promise<boolean>;
  /** Guests that last came at or before `before`; at most `limit`. */
  findIdle(before: Instant, limit: number): Promise<readonly AccountId[]>;
}
