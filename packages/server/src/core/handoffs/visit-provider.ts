import type { Random, Secrets } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Handoff } from "./handoff.js";
import type { IdentityProviders, ProviderRequest } from "./identity-providers.js";
import type { OwnHandoffNeeds } from "./own-handoff.js";
import { sealVisit } from "./sealed-visit.js";

export interface VisitProviderNeeds extends Pick<OwnHandoffNeeds, "clock" | "fingerprint" | "stores"> {
  readonly random: Random;
  readonly secrets: Secrets;
  readonly identityProviders: IdentityProviders;
}

/** Where the browser has to go to sign in at the provider, in place of an earlier visit of the same hand-off. */
export const visitProvider = async (
  needs: VisitProviderNeeds,
  command: { readonly handoff: Handoff; readonly provider: string; readonly callbackUri: string },
): Promise<string> => {
  const { handoff, provider, callbackUri } = command;
  const visit: ProviderRequest = {
    redirectUri: callbackUri,
    state: needs.random.token(256),
    nonce: needs.random.token(256),
    codeVerifier: needs.random.token(256),
  };
  const address = await needs.identityProviders.begin(provider, visit);
  const kept = {
    name: provider,
    stateHash: needs.fingerprint(visit.state),
    sealed: sealVisit(needs, handoff, { kind: "request", nonce: visit.nonce, codeVerifier: visit.codeVerifier }),
  };
  if (!(await needs.stores.handoffs.visit(handoff.id, kept, needs.clock.now())))
    throw new Refusal("handoff-unknown", { reason: "over" });
  return address;
};
