import type { AccountId, Instant } from "../ids.js";

/** Password hashes in one realm. */
export interface PasswordStore {
  /** One read, never stale: the account's hash and its last change. An unknown account costs the same, and has neither. */
  find(accountId: string): Promise<KeptPassword | undefined>;
  /**
   * Sets or replaces the account's hash, after writing `passwordChangedAt` to the account's row: a sign-in that runs at the same
   * time is refused by `recordSignIn`, or has its session ended by whoever changes the password.
   */
  set(accountId: AccountId, hash: string, at: Instant): Promise<void>;
  /** Upgrades a hash without changing the password: `false` when it is not `from` any more. */
  upgrade(accountId: AccountId, from: string, to: string): Promise<boolean>;
}

export interface KeptPassword {
  /** PHC or a legacy form; `undefined` for an account without a password. */
  readonly hash: string | undefined;
  /** As the account has it. */
  readonly changedAt: Instant | undefined;
}
