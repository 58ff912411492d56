import type { Identifier } from "../identities/identifier.js";
import type { AccountId, Instant } from "../ids.js";
import type { AccountStatus } from "../refusal.js";
import type { Account } from "./account.js";

/** An account as sign-in needs it, read in one statement. */
export interface SignInCandidate {
  readonly account: Account;
  /** The stored hash (PHC or a legacy form), `undefined` for an account without a password. */
  readonly passwordHash: string | undefined;
  /** Its owner has switched one on. */
  readonly hasSecondFactor: boolean;
  readonly identifier: Identifier;
}

export interface AccountWithIdentifiers {
  readonly account: Account;
  readonly identifiers: readonly Identifier[];
}

/** Accounts and their identifiers in one realm. */
export interface AccountStore {
  insert(account: Account): Promise<void>;
  /** Takes the identifier's live key. `false` when another row holds it: the unique index decides, also between two at once. */
  claim(identifier: Identifier): Promise<boolean>;
  /** The holders of these live keys, in the order of the keys; absent keys give nothing. */
  findByLiveKeys(liveKeys: readonly string[]): Promise<readonly SignInCandidate[]>;
  /** Live e-mail identifiers with this normalised value that nobody has proven, on whichever mount. */
  unprovenEmails(normalizedEmail: string): Promise<readonly Identifier[]>;
  /** The live keys among these that some account holds. */
  heldLiveKeys(liveKeys: readonly string[]): Promise<ReadonlySet<string>>;
  find(id: AccountId): Promise<AccountWithIdentifiers | undefined>;
  /** Accounts holding (now or, once deleted, before) an identifier whose normalised value starts with `prefix`; newest first, at most `limit`. */
  search(prefix: string, limit: number): Promise<readonly AccountWithIdentifiers[]>;
  /**
   * Keeps the time of the last sign-in, in one conditional statement on the account's row: `false` when the account is not
   * active any more or its password was changed (`passwordChangedAt` differs) since it was read.
   */
  recordSignIn(account: Pick<Account, "id" | "passwordChangedAt">, at: Instant): Promise<boolean>;
  /** Keeps another language; nothing for an account that is gone. */
  changeLanguage(id: AccountId, language: string): Promise<void>;
  /** One conditional statement: `false` when the status is not one of `from` any more. `deletedAt` is `at` for `deleted`, else cleared. */
  changeStatus(id: AccountId, change: StatusChange): Promise<boolean>;
  /** Frees the live keys of all identifiers of the account, which keep their values. */
  releaseIdentifiers(id: AccountId): Promise<void>;
  /** Takes `identifier.liveKey` back for a released row. `false` when somebody else holds it now. */
  reclaim(identifier: Identifier): Promise<boolean>;
  /** Drops one identifier row, as when somebody else has proven the address. */
  removeIdentifier(identifier: Identifier): Promise<void>;
  /**
   * Removes the account and every row about it but the audit trail, which keeps kinds, times and ids, and no address and no user agent.
   * `false` when it is not `deleted`.
   */
  purge(id: AccountId): Promise<boolean>;
  /** Ids of deleted accounts whose `deletedAt` is at or before `before`; at most `limit`. */
  findPurgeable(before: Instant, limit: number): Promise<readonly AccountId[]>;
}

export interface StatusChange {
  readonly from: readonly AccountStatus[];
  readonly to: AccountStatus;
  readonly reason: string | undefined;
  readonly at: Instant;
}
