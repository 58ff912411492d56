import { getAccountView } from "../accounts/account-view.js";
import { mayAct } from "../accounts/account.js";
import { missingDisclaimers } from "../disclaimers/missing-disclaimers.js";
import type { LoginIdentifier } from "./pending-session.js";
import type { AccountId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { authorize } from "./authorize.js";
import { newPendingSession, progressOf, recordRefusedBeginning } from "./begin-session.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { SignInProgress } from "./sign-in-progress.js";

export interface AuthorizeIdentityCommand {
  /** Who an identity provider has vouched for. */
  readonly accountId: AccountId;
  /** By which he was found. */
  readonly identifier: LoginIdentifier;
  readonly origin: Origin;
  readonly now: Instant;
  /** What the proof has to write in the same transaction; what it throws undoes all. */
  readonly alongside?: (stores: Stores) => Promise<void>;
}

/** Signs in whoever has been proven elsewhere, or asks him first for the disclaimers that he has not accepted. */
export const authorizeIdentity = async (
  needs: FlowNeeds,
  { accountId, identifier, origin, now, alongside }: AuthorizeIdentityCommand,
): Promise<SignInProgress> => {
  try {
    return await needs.transaction(async (stores) => {
      await alongside?.(stores);
      const { account } = await getAccountView(stores, accountId);
      if (!mayAct(account)) throw new Refusal("account-inactive", { status: account.status, accountId });
      const missing = await missingDisclaimers(stores, accountId, now);
      if (missing.length === 0) return authorize(needs, stores, { account, accepted: [], origin, now });
      const { passwordChangedAt } = account;
      const memory = { via: "oauth", identifier, proven: [], accepted: [], isBegun: true, passwordChangedAt } as const;
      const begun = newPendingSession(needs, { state: "acceptdisclaimers", accountId, memory, now });
      await stores.pendingSessions.insert(begun.session);
      const details = { state: begun.session.state };
      await stores.audit.append({ at: now, kind: "sign-in-started", accountId, origin, details });
      return progressOf(begun, { disclaimersRequired: missing });
    });
  } catch (error) {
    if (Refusal.is(error, "account-inactive") || Refusal.is(error, "account-changed"))
      await recordRefusedBeginning(needs, error, { via: "oauth", accountId, origin, now });
    throw error;
  }
};
