import { accountSubject } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import { tellOwner } from "../outbox/write-letter.js";
import type { Clock, Random, Stores, Transaction } from "../ports.js";
import type { Factor } from "../refusal.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { touchSession } from "../sessions/touch-session.js";

export interface ChangeFactorNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly transaction: Transaction;
}

export interface ChangeFactorCommand {
  /** Signed in lately, by a session that has to live until the change is written. */
  readonly user: SessionWithAccount;
  readonly factor: Factor;
  readonly origin: Origin;
  readonly write: (stores: Stores, at: number) => Promise<void>;
}

/**
 * Changes what an account is known by. Sign-ins and recoveries of the account that are under way end: whoever has come half-way must
 * not go on by what he has just put there. Failures at the old answer do not count for the new one; codes, which are drawn anew each
 * time, are nobody's to change. The owner is told.
 */
export const changeFactor = async (
  { clock, random, transaction }: ChangeFactorNeeds,
  { user, factor, origin, write }: ChangeFactorCommand,
): Promise<void> => {
  const { session, account } = user;
  const now = clock.now();
  await transaction(async (stores) => {
    await touchSession(stores, session, now);
    await write(stores, now);
    await stores.pendingSessions.endAll(account.id, undefined, now);
    if (factor !== "code") await stores.attempts.reset(accountSubject(factor, account.id));
    await tellOwner({ random }, stores, { ...user, letter: { kind: "factor-changed", factor, at: now }, now });
    await stores.audit.append({ at: now, kind: "factor-changed", accountId: account.id, origin, details: { factor } });
  });
};
