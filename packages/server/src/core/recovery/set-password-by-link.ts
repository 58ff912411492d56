import { getAccountView } from "../accounts/account-view.js";
import type { AuditKind } from "../audit/audit-trail.js";
import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import { passwordContextOf } from "../passwords/password-context.js";
import { checkPassword } from "../passwords/password-policy.js";
import type { PasswordPolicy } from "../policy.js";
import type { Clock, CommonPasswords, PasswordHasher, Random, Secrets, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { LinkPurpose } from "./account-link-store.js";
import { type ReplacedPassword, replacePassword } from "./replace-password.js";

export interface SetPasswordNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: { readonly passwords: PasswordPolicy };
}

export interface SetPasswordCommand extends Pick<ReplacedPassword, "by"> {
  readonly tokenHash: string;
  readonly purpose: LinkPurpose;
  /** As what it is written down. */
  readonly kind: AuditKind;
  readonly password: string;
  readonly origin: Origin;
}

/**
 * Sets a new password by a mailed link. The link is spent with the change, not by a password that is refused. All sessions end, the
 * failure count starts anew, and nobody is signed in by it. Refuses with `link-invalid` and `password-unacceptable`.
 */
export const setPasswordByLink = async (needs: SetPasswordNeeds, command: SetPasswordCommand): Promise<AccountId> => {
  const { tokenHash, purpose, kind, by, password, origin } = command;
  const linkInvalid = (): Refusal => new Refusal("link-invalid", { purpose });
  const accountId = await needs.stores.links.find(tokenHash, purpose, needs.clock.now());
  if (accountId === undefined) throw linkInvalid();
  const view = await getAccountView(needs.stores, accountId);
  const failures = checkPassword(needs.policy.passwords, password, passwordContextOf(view), needs.commonPasswords);
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  const hash = await needs.passwords.hash(password);
  const now = needs.clock.now();
  await needs.transaction(async (stores) => {
    const spend = async (): Promise<void> => {
      if ((await stores.links.consume(tokenHash, purpose, now)) === undefined) throw linkInvalid();
    };
    await replacePassword(needs, stores, { ...view, hash, now, by, spend });
    await stores.audit.append({ at: now, kind, accountId, origin, details: {} });
  });
  return accountId;
};
