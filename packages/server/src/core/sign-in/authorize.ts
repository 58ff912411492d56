import type { Account } from "../accounts/account.js";
import { type AccountView, getAccountView } from "../accounts/account-view.js";
import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import { keepSession } from "../sessions/keep-session.js";
import { type Key, keySession } from "../sessions/open-key.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { AcceptedDisclaimer } from "./pending-session.js";
import type { SignInProgress } from "./sign-in-progress.js";

/** Live sessions of one user on a mount; one more ends the oldest. */
const sessionsOfAUser = 20;

export interface Authorization {
  /** As it was read when the sign-in began. */
  readonly account: Pick<Account, "id" | "passwordChangedAt">;
  readonly accepted: readonly AcceptedDisclaimer[];
  readonly origin: Origin;
  readonly now: Instant;
}

/**
 * Within a transaction: signs in whoever has proven everything that is asked of him, and keeps what he accepted.
 * Refuses with `account-changed` when the account's status or password is not what it was. The token is given out after the commit.
 */
export const authorize = async (
  needs: FlowNeeds,
  stores: Stores,
  { account, accepted, origin, now }: Authorization,
): Promise<Authorized> => {
  const opened = keySession(needs, { accountId: account.id, origin, now });
  await keepSession(stores, account, { session: opened.session, origin });
  await stores.sessions.endOldest(account.id, needs.policy.mount, sessionsOfAUser, now, "over-the-limit");
  for (const acceptance of accepted) await stores.disclaimers.accept({ ...acceptance, accountId: account.id });
  return authorized(opened, await getAccountView(stores, account.id));
};

export type Authorized = Extract<SignInProgress, { readonly kind: "authorized" }>;

const authorized = ({ key, session }: Key, view: AccountView): Authorized => ({
  kind: "authorized",
  token: key,
  expiresAt: session.expiresAt,
  view,
});
