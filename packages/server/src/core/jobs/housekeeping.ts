import { purgeAccount } from "../accounts/change-account-status.js";
import { purgeIdleGuests } from "../guests/purge-idle-guests.js";
import type { FailureStore } from "../failures/failure-store.js";
import type { StoredAddressWindows } from "../limits/address-windows.js";
import type { Origin } from "../origin.js";
import type { Clock, Stores, Transaction } from "../ports.js";

export interface HousekeepingNeeds {
  readonly clock: Clock;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly failures: FailureStore;
  readonly windows: StoredAddressWindows;
  readonly retention: Retention;
}

/** How long what is over is kept, in milliseconds. */
export interface Retention {
  readonly deletedAccountsIn: number;
  readonly endedSessionsIn: number;
  /** Guests that do not come. */
  readonly idleGuestsIn: number;
  /** Tries, known devices, links and windows that nothing depends on any more. */
  readonly countersIn: number;
}

/** One kind of background work: what it is called, how often it runs, and one bounded run of it, which says how much it did. */
export interface Job {
  readonly name: string;
  /** Milliseconds between the starts of two runs. */
  readonly everyIn: number;
  /** Ends early, between two batches, once `stopping` is aborted: a node that stops must not wait for a minute of work. */
  run(stopping: AbortSignal): Promise<number>;
}

const batch = 500;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Milliseconds for which it is told that a message was sent, and to which kind of letter it belonged. */
const sentMessagesIn = 7 * day;
/** Milliseconds for which an operator may still have a dead message sent. */
const deadMessagesIn = 30 * day;
/** Milliseconds for which one run goes on; well within a job's lease. */
const runsIn = minute;

/** What removes, in bounded batches, everything whose time is over. */
export const housekeepingJobs = (needs: HousekeepingNeeds): readonly Job[] => {
  const { clock, stores, retention } = needs;
  const countersBefore = (): number => clock.now() - retention.countersIn;
  const job = (name: string, everyIn: number, purge: (stopping: AbortSignal) => Promise<number>): Job => ({
    name,
    everyIn,
    run: (stopping) => drain(clock, stopping, purge),
  });
  return [
    job("purge-accounts", hour, (stopping) => purgeDeletedAccounts(needs, stopping)),
    job("purge-sessions", hour, () => stores.sessions.purge(clock.now() - retention.endedSessionsIn, batch)),
    job("purge-failure-records", 10 * minute, () => needs.failures.purge(clock.now(), batch)),
    job("purge-address-windows", 10 * minute, () => needs.windows.purge(countersBefore(), batch)),
    job("purge-attempts", hour, () => stores.attempts.purge(countersBefore(), batch)),
    job("purge-known-devices", hour, () => stores.knownDevices.purge(countersBefore(), batch)),
    job("purge-links", hour, () => stores.links.purge(clock.now(), batch)),
    job("purge-guests", hour, () =>
      purgeIdleGuests(needs, { idleIn: retention.idleGuestsIn, limit: batch, origin: jobOrigin }),
    ),
    job("purge-registrations", 10 * minute, () => stores.pendingRegistrations.purge(clock.now(), batch)),
    // A day behind their end: until then it is told from what never was there.
    job("purge-codes", hour, () => stores.codes.purge(clock.now() - day, batch)),
    job("purge-handoffs", hour, () => stores.handoffs.purge(clock.now() - day, batch)),
    job("purge-sendings", hour, () => stores.sendings.purge(clock.now() - day, batch)),
    job("purge-sent-messages", hour, () =>
      stores.outbox.purge(["sent", "dropped"], clock.now() - sentMessagesIn, batch),
    ),
    job("purge-dead-messages", hour, () =>
      stores.outbox.purge(["dead", "waiting"], clock.now() - deadMessagesIn, batch),
    ),
    job("purge-signing-keys", hour, () => stores.signingKeys.purge(clock.now())),
  ];
};

/** Batch after batch until nothing is left, so that what is over never gathers faster than it goes; how much in all. */
const drain = async (
  clock: Clock,
  stopping: AbortSignal,
  purge: (stopping: AbortSignal) => Promise<number>,
): Promise<number> => {
  const until = clock.now() + runsIn;
  for (let done = 0; ; ) {
    const dropped = await purge(stopping);
    done += dropped;
    if (dropped === 0 || stopping.aborted || clock.now() >= until) return done;
  }
};

const purgeDeletedAccounts = async (needs: HousekeepingNeeds, stopping: AbortSignal): Promise<number> => {
  const before = needs.clock.now() - needs.retention.deletedAccountsIn;
  const due = await needs.stores.accounts.findPurgeable(before, batch);
  let done = 0;
  for (const accountId of due) {
    // Each is a transaction of its own, so a batch of them is no short step.
    if (stopping.aborted) break;
    await purgeAccount(needs, { accountId, origin: jobOrigin });
    done += 1;
  }
  return done;
};

/** Where the acts of background jobs come from, in the audit trail. */
export const jobOrigin: Origin = { mount: "job", requestId: "", address: "", userAgent: "" };
