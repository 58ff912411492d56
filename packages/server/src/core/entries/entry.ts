import type { AccountId, EntryId, Instant } from "../ids.js";

/** A user's link with a client programme. */
export interface Entry {
  readonly id: EntryId;
  readonly accountId: AccountId;
  /** The programme. */
  readonly client: string;
  readonly type: EntryType;
  /** Of `oauth`: the provider and its subject for the user, whose identifier of the kind `external` signs him in. */
  readonly data: Readonly<Record<string, string>>;
  /** What no two entries of one account share. */
  readonly uniqueKey: string;
  readonly createdAt: Instant;
}

export type EntryType = "oauth";
