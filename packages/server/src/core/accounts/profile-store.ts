import type { AccountId } from "../ids.js";
import type { Profile } from "./profile.js";

/** Profiles in one realm. */
export interface ProfileStore {
  /** An account without a row has `emptyProfile`. */
  find(accountId: AccountId): Promise<Profile>;
  /** Writes the named members and leaves the others; `null` clears one. */
  change(accountId: AccountId, change: ProfileChange): Promise<void>;
}

export type ProfileChange = { readonly [Name in keyof Profile]?: string | null };
