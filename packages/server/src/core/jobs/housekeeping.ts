import { purgeAccount } from "../accounts/change-account-status.js";
import { purgeIdleGuests } from "../guests/purge-idle-guests.js";
import type { FailureStore } from "../failures/failure-store.js";
import type { StoredAddressWindows } from "../limits/address-windows.js";
import type { Origin } from "../origin.js";
import type { SealedRows } from "./sealed-rows.js";
import type { Clock, Stores, Transaction } from "../ports.js";

export interface HousekeepingNeeds {
  readonly clock: Clock;
  /** Every realm that there is at the moment. */
  realms(): Promise<readonly KeptRealm[]>;
  readonly retention: Retention;
}

/** What one realm holds. */
export interface KeptRealm {
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly failures: FailureStore;
  readonly windows: StoredAddressWindows;
  readonly sealed: SealedRows;
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

/** What removes everything whose time is over, and renews what is sealed for long: in bounded batches, in one realm after another. */
export const housekeepingJobs = (needs: HousekeepingNeeds): readonly Job[] => {
  const { clock, retention } = needs;
  const countersBefore = (): number => clock.now() - retention.countersIn;
  const job = (name: string, everyIn: number, purge: Purge): Job => ({ name, everyIn, run: draining(needs, purge) });
  return [
    job("purge-accounts", hour, (realm, stopping) => purgeDeletedAccounts({ ...needs, ...realm }, stopping)),
    job("purge-sessions", hour, ({ stores }) => stores.sessions.purge(clock.now() - retention.endedSessionsIn, batch)),
    job("purge-failure-records", 10 * minute, ({ failures }) => failures.purge(clock.now(), batch)),
    job("purge-address-windows", 10 * minute, ({ windows }) => windows.purge(countersBefore(), batch)),
    job("purge-attempts", hour, ({ stores }) => stores.attempts.purge(countersBefore(), batch)),
    job("purge-known-devices", hour, ({ stores }) => stores.knownDevices.purge(countersBefore(), batch)),
    job("purge-links", hour, ({ stores }) => stores.links.purge(clock.now(), batch)),
    job("purge-guests", hour, (realm) =>
      purgeIdleGuests({ ...needs, ...realm }, { idleIn: retention.idleGuestsIn, limit: batch, origin: jobOrigin }),
    ),
    job("purge-registrations", 10 * minute, ({ stores }) => stores.pendingRegistrations.purge(clock.now(), batch)),
    // A day behind their end: until then it is told from what never was there.
    job("purge-codes", hour, ({ stores }) => stores.codes.purge(clock.now() - day, batch)),
    job("purge-handoffs", hour, ({ stores }) => stores.handoffs.purge(clock.now() - day, batch)),
    job("purge-pending-sessions", hour, ({ stores }) => stores.pendingSessions.purge(clock.now() - day, batch)),
    job("purge-sendings", hour, ({ stores }) => stores.sendings.purge(clock.now() - day, batch)),
    // An hour behind their end: a clock that is set back by less revives none.
    job("purge-single-use", 10 * minute, ({ stores }) => stores.singleUse.purge(clock.now() - hour, batch)),
    job("purge-memorable-challenges", hour, ({ stores }) => stores.factors.purge(clock.now() - day, batch)),
    job("purge-sent-messages", hour, ({ stores }) =>
      stores.outbox.purge(["sent", "dropped"], clock.now() - sentMessagesIn, batch),
    ),
    job("purge-dead-messages", hour, ({ stores }) =>
      stores.outbox.purge(["dead", "waiting"], clock.now() - deadMessagesIn, batch),
    ),
    job("reseal-secrets", hour, ({ sealed }) => sealed.reseal(batch)),
    job("purge-signing-keys", hour, ({ stores }) => stores.signingKeys.purge(clock.now())),
  ];
};

/** One bounded batch in one realm; how much it dropped. */
type Purge = (realm: KeptRealm, stopping: AbortSignal) => Promise<number>;

/**
 * Batch after batch, realm after realm, until nothing is left in any, so that what is over never gathers faster than it goes; how much in
 * all. A run that its time ends is gone on with by the next one: no realm waits for ever because others have much.
 */
const draining = (needs: HousekeepingNeeds, purge: Purge): Job["run"] => {
  const { clock } = needs;
  let turn = 0;
  return async (stopping) => {
    const until = clock.now() + runsIn;
    const all = await needs.realms();
    let done = 0;
    for (let emptyInRow = 0; emptyInRow < all.length; ) {
      const realm = all[turn % all.length];
      turn += 1;
      const dropped = realm === undefined ? 0 : await purge(realm, stopping);
      done += dropped;
      emptyInRow = dropped === 0 ? emptyInRow + 1 : 0;
      if (stopping.aborted || clock.now() >= until) break;
    }
    return done;
  };
};

const purgeDeletedAccounts = async (needs: HousekeepingNeeds & KeptRealm, stopping: AbortSignal): Promise<number> => {
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
