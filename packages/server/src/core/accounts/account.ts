import type { AccountId, Instant } from "../ids.js";
import type { AccountStatus } from "../refusal.js";

export interface Account {
  readonly id: AccountId;
  readonly status: AccountStatus;
  /** An administrator's words for the last change of status; never told to the user. */
  readonly statusReason: string | undefined;
  /** BCP 47, lower case. */
  readonly language: string;
  readonly createdAt: Instant;
  readonly lastSignInAt: Instant | undefined;
  /** The last set or reset, not an upgrade of the hash; `undefined` without a password. */
  readonly passwordChangedAt: Instant | undefined;
  /** Set while the status is `deleted`: the instant from which the retention time counts. */
  readonly deletedAt: Instant | undefined;
}

/** Only an active account signs in, refreshes or holds a working session. */
export const mayAct = (account: Pick<Account, "status">): boolean => account.status === "active";
