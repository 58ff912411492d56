import type { Instant } from "../ids.js";
import { Refusal } from "../refusal.js";
import { oauthVisitLivesIn, type OauthVisitNeeds, returnHash, sealOauthVisit } from "./oauth-visit.js";

/** What a client has to keep until the browser is back. */
export interface StartedOauthVisit {
  /** Where the browser has to go. */
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly expiresAt: Instant;
}

/** Begins a visit at one of the realm's identity providers. Refuses with `object-unknown` and `provider-failed`. */
export const startOauthVisit = async (
  needs: OauthVisitNeeds,
  { provider, redirectUri }: { readonly provider: string; readonly redirectUri: string },
): Promise<StartedOauthVisit> => {
  const providers = await needs.identityProviders();
  if (!providers.all.some(({ name }) => name === provider))
    throw new Refusal("object-unknown", { kind: "identity-provider" });
  const [nonce, codeVerifier] = [needs.random.token(256), needs.random.token(256)];
  const expiresAt = needs.clock.now() + oauthVisitLivesIn;
  const state = sealOauthVisit(needs, {
    provider,
    nonceHash: needs.fingerprint(nonce),
    returnHash: returnHash(needs, { redirectUri, codeVerifier }),
    expiresAt,
  });
  const url = await providers.begin(provider, { redirectUri, state, nonce, codeVerifier });
  return { url, state, nonce, codeVerifier, expiresAt };
};
