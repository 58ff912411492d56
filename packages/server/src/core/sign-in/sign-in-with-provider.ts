import { mayAct } from "../accounts/account.js";
import type { SignInCandidate } from "../accounts/account-store.js";
import { missingDisclaimers } from "../disclaimers/missing-disclaimers.js";
import { externalValue } from "../handoffs/external-identifier.js";
import { realmWideKey } from "../identities/identifier.js";
import type { OauthVisitNeeds } from "../identities/oauth-visit.js";
import { type OauthProof, proveExternalIdentity } from "../identities/prove-external-identity.js";
import type { AccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import { authorize } from "./authorize.js";
import { newPendingSession, progressOf } from "./begin-session.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { SignInProgress } from "./sign-in-progress.js";

export interface SignInWithProviderNeeds extends FlowNeeds, OauthVisitNeeds {
  readonly apiKey: FlowNeeds["apiKey"];
  readonly stores: FlowNeeds["stores"];
}

/**
 * Signs in whoever an identity provider vouches for, by the account that holds this identity and by nothing else that the provider says
 * of him. Refuses with `provider-failed`, `identity-unknown` and `account-inactive`.
 */
export const signInWithProvider = async (
  needs: SignInWithProviderNeeds,
  { proof, origin }: { readonly proof: OauthProof; readonly origin: Origin },
): Promise<SignInProgress> => {
  try {
    const identity = await proveExternalIdentity(needs, proof);
    const value = externalValue(identity.provider, identity.subject);
    const [holder] = await needs.stores.accounts.findByLiveKeys([realmWideKey("external", value)]);
    if (holder === undefined) throw new Refusal("identity-unknown", { provider: identity.provider });
    const { id: accountId, status } = holder.account;
    if (!mayAct(holder.account)) throw new Refusal("account-inactive", { status, accountId });
    return await signIn(needs, { holder, origin });
  } catch (error) {
    if (error instanceof Refusal) await auditRefused(needs, error, { provider: proof.provider, origin });
    throw error;
  }
};

interface Entrance {
  readonly holder: SignInCandidate;
  readonly origin: Origin;
}

const signIn = async (
  needs: SignInWithProviderNeeds,
  { holder: { account, identifier }, origin }: Entrance,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const missing = await missingDisclaimers(needs.stores, account.id, now);
  if (missing.length === 0)
    return needs.transaction((stores) => authorize(needs, stores, { account, accepted: [], origin, now }));
  const { kind, displayValue, normalizedValue } = identifier;
  const begun = newPendingSession(needs, {
    state: "acceptdisclaimers",
    accountId: account.id,
    memory: {
      via: "oauth",
      identifier: { kind, displayValue, normalizedValue },
      proven: [],
      accepted: [],
      isBegun: true,
      ...(account.passwordChangedAt === undefined ? {} : { passwordChangedAt: account.passwordChangedAt }),
    },
    now,
  });
  await needs.stores.pendingSessions.insert(begun.session);
  return progressOf(begun, { disclaimersRequired: missing });
};

const auditRefused = async (
  needs: SignInWithProviderNeeds,
  { code, details }: Refusal,
  { provider, origin }: { readonly provider: string; readonly origin: Origin },
): Promise<void> => {
  const cause = "reason" in details ? { cause: details.reason } : {};
  await needs.stores.audit.append({
    at: needs.clock.now(),
    kind: "sign-in-refused",
    // Every account that a refusal names came from the store.
    accountId: "accountId" in details ? (details.accountId as AccountId) : undefined,
    origin,
    details: { provider, reason: code, ...cause },
  });
};
