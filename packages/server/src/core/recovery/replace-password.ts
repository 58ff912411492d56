import type { AccountWithIdentifiers } from "../accounts/account-store.js";
import type { Instant, SessionId, SignInId } from "../ids.js";
import { attemptSubject } from "../limits/attempt-subject.js";
import type { Letter } from "../outbox/message.js";
import { tellOwner } from "../outbox/write-letter.js";
import type { Random, Secrets, Stores } from "../ports.js";

export interface ReplacedPassword extends AccountWithIdentifiers {
  readonly hash: string;
  readonly now: Instant;
  /** The caller's own session, which goes on. */
  readonly kept?: SessionId | undefined;
  /** The sign-in under way that goes on, as a recovery's does. */
  readonly keptSignIn?: SignInId | undefined;
  /** What the owner is told; that his password has changed, where nothing else is said. */
  readonly letter?: Letter;
  /** What entitles to the change, spent behind the lock on the account's row: of two changes at once one is let. Throws when it is over. */
  readonly spend: () => Promise<void>;
}

/**
 * Within a transaction: sets a new password. Every other session, sign-in under way, code and link of the account dies, on every
 * mount, failures are counted anew, and the owner is told. How many sessions ended.
 */
export const replacePassword = async (
  needs: { readonly random: Random; readonly secrets: Secrets },
  stores: Stores,
  replaced: ReplacedPassword,
): Promise<number> => {
  const { account, identifiers, hash, now, kept, keptSignIn, spend } = replaced;
  const { letter = { kind: "password-changed", at: now } } = replaced;
  await stores.passwords.set(account.id, hash, now);
  await spend();
  const ended =
    kept === undefined
      ? await stores.sessions.endAll(account.id, now, "password-changed")
      : await stores.sessions.endOthers(account.id, kept, now, "password-changed");
  await stores.pendingSessions.endAll(account.id, keptSignIn, now);
  await stores.links.removeAll(account.id);
  await stores.codes.removeAll(account.id);
  await stores.attempts.reset(attemptSubject(needs.secrets, "password", account.id));
  await tellOwner(needs, stores, { account, identifiers, letter, now });
  return ended;
};
