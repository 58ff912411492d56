import { getAccountView } from "../accounts/account-view.js";
import type { Origin } from "../origin.js";
import { passwordContextOf } from "../passwords/password-context.js";
import { checkPassword } from "../passwords/password-policy.js";
import type { PasswordPolicy } from "../policy.js";
import type { Clock, CommonPasswords, PasswordHasher, Random, Secrets, Stores, Transaction } from "../ports.js";
import { replacePassword } from "../recovery/replace-password.js";
import { Refusal } from "../refusal.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { touchSession } from "../sessions/touch-session.js";

export interface SetOwnPasswordNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: { readonly passwords: PasswordPolicy };
}

/**
 * Sets the password of a user who signed in lately; the session goes on, everything else that was opened or sent for the account dies, on
 * every mount. Refuses with `password-unacceptable`.
 */
export const setOwnPassword = async (
  needs: SetOwnPasswordNeeds,
  { user, password, origin }: { readonly user: SessionWithAccount; readonly password: string; readonly origin: Origin },
): Promise<void> => {
  const { session } = user;
  const accountId = user.account.id;
  const view = await getAccountView(needs.stores, accountId);
  const failures = checkPassword(needs.policy.passwords, password, passwordContextOf(view), needs.commonPasswords);
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  const hash = await needs.passwords.hash(password);
  const now = needs.clock.now();
  await needs.transaction(async (stores) => {
    const spend = (): Promise<void> => touchSession(stores, session, now);
    const ended = await replacePassword(needs, stores, {
      ...view,
      hash,
      now,
      kept: session.id,
      by: "password-changed",
      spend,
    });
    const details = { by: "session", ended };
    await stores.audit.append({ at: now, kind: "password-changed", accountId, origin, details });
  });
};
