import type { AccountWithIdentifiers } from "../accounts/account-store.js";
import type { Instant, SessionId, SignInId } from "../ids.js";
import { attemptSubject } from "../limits/attempt-subject.js";
import { tellOwner } from "../outbox/write-letter.js";
import type { Random, Secrets, Stores } from "../ports.js";

export interface ReplacedPassword extends AccountWithIdentifiers {
  readonly hash: string;
  readonly now: Instant;
  /** The caller's own session, which goes on. */
  readonly kept?: SessionId | undefined;
  /** The session under way by which it is done, and which goes on. */
  readonly keptSignIn?: SignInId;
  /** What the owner is told, and what other sessions end with. */
  readonly by: "password-changed" | "account-recovered";
  /** What entitles to the change, spent behind the lock on the account's row: of two changes at once one is let. Throws when it is over. */
  readonly spend: () => Promise<void>;
}

/**
 * Within a transaction: sets a new password. Every other session of the account dies, on every mount, with those under way, codes and
 * links; failures are counted anew, and the owner is told. How many sessions ended.
 */
export const replacePassword = async (
  needs: { readonly random: Random; readonly secrets: Secrets },
  stores: Stores,
  { account, identifiers, hash, now, kept, keptSignIn, by, spend }: ReplacedPassword,
): Promise<number> => {
  await stores.passwords.set(account.id, hash, now);
  await spend();
  const ended =
    kept === undefined
      ? await stores.sessions.endAll(account.id, now, by)
      : await stores.sessions.endOthers(account.id, kept, now, by);
  await stores.pendingSessions.endAll(account.id, keptSignIn, now);
  await stores.links.removeAll(account.id);
  await stores.codes.removeAll(account.id);
  await stores.attempts.reset(attemptSubject(needs.secrets, "password", account.id));
  await tellOwner(needs, stores, { account, identifiers, letter: { kind: by, at: now }, now });
  return ended;
};
