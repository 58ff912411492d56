import type { AccountId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Stores, Transaction } from "../ports.js";
import type { AccountStatus } from "../refusal.js";

export interface PurgeIdleNeeds {
  readonly clock: Clock;
  readonly stores: Stores;
  readonly transaction: Transaction;
}

/** Removes at most `limit` guests that have not come for `idleIn` milliseconds, and all that is held about them; how many. */
export const purgeIdleGuests = async (
  needs: PurgeIdleNeeds,
  command: { readonly idleIn: number; readonly limit: number; readonly origin: Origin },
): Promise<number> => {
  const before = needs.clock.now() - command.idleIn;
  const idle = await needs.stores.guests.findIdle(before, command.limit);
  let purged = 0;
  for (const accountId of idle) {
    if (await purgeGuest(needs, accountId, { before, origin: command.origin })) purged += 1;
  }
  return purged;
};

/** A guest who comes, or becomes an account, while he is being purged stays. */
class NotIdle extends Error {}

const everyStatus: readonly AccountStatus[] = ["active", "restricted", "closed", "denied", "deleted"];

const purgeGuest = async (
  needs: PurgeIdleNeeds,
  accountId: AccountId,
  { before, origin }: { readonly before: Instant; readonly origin: Origin },
): Promise<boolean> => {
  const now = needs.clock.now();
  try {
    await needs.transaction(async (stores) => {
      // The account's row first: whoever comes at this moment waits behind it, or has come before it.
      await stores.accounts.changeStatus(accountId, { from: everyStatus, to: "deleted", reason: undefined, at: now });
      const isIdle = await stores.guests.removeIdle(accountId, before);
      if (!isIdle || !(await stores.accounts.purge(accountId))) throw new NotIdle();
      const details = { reason: "idle guest" };
      await stores.audit.append({ at: now, kind: "account-purged", accountId, origin, details });
    });
    return true;
  } catch (error) {
    if (!(error instanceof NotIdle)) throw error;
    return false;
  }
};
