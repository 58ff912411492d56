import { externalValue } from "../handoffs/external-identifier.js";
import { realmWideKey } from "../identities/identifier.js";
import type { AccountId, EntryId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Entry } from "./entry.js";

export interface RemoveEntryNeeds {
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export interface RemoveEntryCommand {
  readonly accountId: AccountId;
  readonly id: EntryId;
  readonly origin: Origin;
}

/** Drops an entry of the account; with the last one of an identity nobody signs in by it any more. Refuses with `object-unknown`. */
export const removeEntry = async (
  { clock, transaction }: RemoveEntryNeeds,
  { accountId, id, origin }: RemoveEntryCommand,
): Promise<void> => {
  const now = clock.now();
  await transaction(async (stores) => {
    const entry = await stores.entries.find(accountId, id);
    if (entry === undefined || !(await stores.entries.remove(accountId, id)))
      throw new Refusal("object-unknown", { kind: "entry" });
    const { provider = "", subject = "" } = entry.data;
    if (!(await isStillLinked(stores, entry)))
      await releaseIdentity(stores, accountId, externalValue(provider, subject));
    await stores.audit.append({ at: now, kind: "identity-unlinked", accountId, origin, details: { provider } });
  });
};

/** More than an account can have. */
const everyEntry = 1_000;

const isStillLinked = async ({ entries }: Stores, removed: Entry): Promise<boolean> => {
  const others = await entries.list(removed.accountId, { limit: everyEntry, after: undefined });
  return others.some(
    ({ data }) => data["provider"] === removed.data["provider"] && data["subject"] === removed.data["subject"],
  );
};

const releaseIdentity = async ({ accounts }: Stores, accountId: AccountId, value: string): Promise<void> => {
  const [holder] = await accounts.findByLiveKeys([realmWideKey("external", value)]);
  if (holder?.account.id === accountId) await accounts.removeIdentifier(holder.identifier);
};
