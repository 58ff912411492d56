import type { AccountId, EntryId } from "../ids.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Entry } from "./entry.js";

export interface EntryPage {
  readonly entries: readonly Entry[];
  /** Where the next page begins; `undefined` at the end. */
  readonly next: EntryId | undefined;
}

/** Entries of the account, newest first. Refuses with `object-unknown` when `after` is none of them. */
export const listEntries = async (
  { stores }: { readonly stores: Pick<Stores, "entries"> },
  { accountId, limit, after }: { accountId: AccountId; limit: number; after: EntryId | undefined },
): Promise<EntryPage> => {
  if (after !== undefined) await getEntry({ stores }, { accountId, id: after });
  const found = await stores.entries.list(accountId, { limit: limit + 1, after });
  const entries = found.slice(0, limit);
  return { entries, next: found.length > limit ? entries.at(-1)?.id : undefined };
};

/** Refuses with `object-unknown`, whether it is nobody's or somebody else's. */
export const getEntry = async (
  { stores }: { readonly stores: Pick<Stores, "entries"> },
  { accountId, id }: { readonly accountId: AccountId; readonly id: EntryId },
): Promise<Entry> => {
  const entry = await stores.entries.find(accountId, id);
  if (entry === undefined) throw new Refusal("object-unknown", { kind: "entry" });
  return entry;
};
