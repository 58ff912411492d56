import { mayAct } from "../accounts/account.js";
import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Fingerprint, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { type RecoveryLink, recoveryLinkHash } from "./mail-recovery-link.js";
import { type SetPasswordNeeds, setPasswordByLink } from "./set-password-by-link.js";

export interface RecoverByLinkNeeds extends SetPasswordNeeds {
  readonly fingerprint: Fingerprint;
}

interface LookNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
}

/** Refuses with `link-invalid` a link that works no more, and one of an account that may not act. Spends nothing: mail scanners follow links. */
export const requireRecoveryLink = async (needs: LookNeeds, link: RecoveryLink): Promise<void> => {
  const accountId = await needs.stores.links.find(recoveryLinkHash(needs, link), "recover", needs.clock.now());
  const found = accountId && (await needs.stores.accounts.find(accountId));
  if (!found || !mayAct(found.account)) throw new Refusal("link-invalid", { purpose: "recover" });
};

/** Sets a new password on this server's own page, without an API key: nobody is signed in by it, and a second factor stays needed. */
export const recoverByLink = async (
  needs: RecoverByLinkNeeds,
  { link, password, origin }: { readonly link: RecoveryLink; readonly password: string; readonly origin: Origin },
): Promise<AccountId> => {
  await requireRecoveryLink(needs, link);
  return setPasswordByLink(needs, {
    tokenHash: recoveryLinkHash(needs, link),
    purpose: "recover",
    kind: "recovery-completed",
    by: "account-recovered",
    password,
    origin,
  });
};
