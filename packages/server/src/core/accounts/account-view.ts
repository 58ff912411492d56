import type { Identifier } from "../identities/identifier.js";
import type { Account } from "./account.js";
import type { Profile } from "./profile.js";

/** What a contract shows of a user. */
export interface AccountView {
  readonly account: Account;
  readonly identifiers: readonly Identifier[];
  readonly profile: Profile;
}
