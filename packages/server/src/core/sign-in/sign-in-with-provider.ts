import { externalValue } from "../handoffs/external-identifier.js";
import { realmWideKey } from "../identities/identifier.js";
import type { OauthVisitNeeds } from "../identities/oauth-visit.js";
import { type OauthProof, proveExternalIdentity } from "../identities/prove-external-identity.js";
import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import { authorizeIdentity } from "./authorize-identity.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { SignInProgress } from "./sign-in-progress.js";

export interface SignInWithProviderNeeds extends FlowNeeds, OauthVisitNeeds {
  readonly apiKey: FlowNeeds["apiKey"];
  readonly stores: FlowNeeds["stores"];
}

export interface SignInWithProviderCommand {
  readonly proof: OauthProof;
  readonly origin: Origin;
}

/**
 * Signs in whoever an identity provider vouches for, by the account that holds this identity and by nothing else that the provider says
 * of him. Refuses with `provider-failed`, `identity-unknown` and `account-inactive`.
 */
export const signInWithProvider = async (
  needs: SignInWithProviderNeeds,
  command: SignInWithProviderCommand,
): Promise<SignInProgress> => {
  const { id: accountId, identifier } = await findHolder(needs, command);
  const { origin } = command;
  return authorizeIdentity(needs, { accountId, identifier, origin, now: needs.clock.now() });
};

const findHolder = async (needs: SignInWithProviderNeeds, { proof, origin }: SignInWithProviderCommand) => {
  try {
    const { provider, subject } = await proveExternalIdentity(needs, proof);
    const liveKey = realmWideKey("external", externalValue(provider, subject));
    const [holder] = await needs.stores.accounts.findByLiveKeys([liveKey]);
    if (holder === undefined) throw new Refusal("identity-unknown", { provider });
    const { kind, displayValue, normalizedValue } = holder.identifier;
    return { id: holder.account.id, identifier: { kind, displayValue, normalizedValue } };
  } catch (error) {
    if (error instanceof Refusal) await auditRefused(needs, error, { proof, origin });
    throw error;
  }
};

const auditRefused = async (
  { clock, stores }: SignInWithProviderNeeds,
  { code, details }: Refusal,
  { proof: { provider }, origin }: SignInWithProviderCommand,
): Promise<void> => {
  const cause = "reason" in details ? { cause: details.reason } : {};
  await stores.audit.append({
    at: clock.now(),
    kind: "sign-in-refused",
    accountId: undefined,
    origin,
    details: { provider, reason: code, ...cause },
  });
};
