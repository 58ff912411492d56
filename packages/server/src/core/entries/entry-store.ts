import type { AccountId, EntryId } from "../ids.js";
import type { Entry } from "./entry.js";

/** Entries of one realm. */
export interface EntryStore {
  /** `false` when the account has one with its unique key: the unique index decides, also between two at once. */
  insert(entry: Entry): Promise<boolean>;
  /** `undefined` for another account's, too. */
  find(accountId: AccountId, id: EntryId): Promise<Entry | undefined>;
  /** Newest first, after `after` in that order; at most `limit`. */
  list(
    accountId: AccountId,
    page: { readonly limit: number; readonly after: EntryId | undefined },
  ): Promise<readonly Entry[]>;
  /** `true` for the one caller who removed it. */
  remove(accountId: AccountId, id: EntryId): Promise<boolean>;
}
