import type { AccountId, Instant } from "../ids.js";

/** Password hashes in one realm. */
export interface PasswordStore {
  /**
   * Sets or replaces the account's hash, after writing `passwordChangedAt` to the account's row: a sign-in that runs at the same
   * time is refused by `recordSignIn`, or has its session ended by whoever changes the password.
   */
  set(accountId: AccountId, hash: string, at: Instant): Promise<void>;
  /** Upgrades a hash without changing the password: `false` when it is not `from` any more. */
  upgrade(accountId: AccountId, from: string, to: string): Promise<boolean>;
}
