import type { AccountId, Instant } from "../ids.js";
import type { Acceptance, Disclaimer } from "./disclaimer.js";

/** Legal texts of one realm, and who accepted which. */
export interface DisclaimerStore {
  /** `false` when this version of the code is there: versions never change. */
  insert(disclaimer: Disclaimer): Promise<boolean>;
  /** Every version, newest first within each code. */
  list(): Promise<readonly Disclaimer[]>;
  /** Of each code the version that is required at `at`: the last one whose time has come. */
  requiredAt(at: Instant): Promise<readonly Disclaimer[]>;
  /** Keeps it; a second acceptance of the version changes nothing. */
  accept(acceptance: Acceptance): Promise<void>;
  acceptedBy(accountId: AccountId): Promise<readonly Acceptance[]>;
}
