import type { ApiKey } from "../api-keys/api-key.js";
import type { IdentityProviders } from "../handoffs/identity-providers.js";
import type { Instant, RealmId } from "../ids.js";
import type { Clock, Fingerprint, Random, Secrets, Stores } from "../ports.js";

export interface OauthVisitNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly stores: Pick<Stores, "singleUse">;
  readonly realmId: RealmId;
  readonly apiKey: Pick<ApiKey, "id">;
  identityProviders(): Promise<IdentityProviders>;
}

/**
 * A visit at an identity provider. The client carries it as its `state`, sealed for the API key that began it, so that nobody else can
 * write one or go on with it; nothing of it is kept here.
 */
export interface OauthVisit {
  readonly provider: string;
  readonly nonceHash: string;
  /** Of the redirect address and the code verifier. */
  readonly returnHash: string;
  readonly expiresAt: Instant;
}

/** Milliseconds. */
export const oauthVisitLivesIn = 600_000;

export const sealOauthVisit = (needs: OauthVisitNeeds, visit: OauthVisit): string =>
  needs.secrets.seal("oauth-visit", contextOf(needs), JSON.stringify(visit));

/** `undefined` for a text that was not sealed for this API key. */
export const unsealOauthVisit = (needs: OauthVisitNeeds, state: string): OauthVisit | undefined => {
  try {
    // Sealed by `sealOauthVisit`: nobody else can make such a text.
    return JSON.parse(needs.secrets.unseal("oauth-visit", contextOf(needs), state)) as OauthVisit;
  } catch {
    return undefined;
  }
};

export const returnHash = (
  { fingerprint }: Pick<OauthVisitNeeds, "fingerprint">,
  { redirectUri, codeVerifier }: { readonly redirectUri: string; readonly codeVerifier: string },
): string => fingerprint(`${redirectUri} ${codeVerifier}`);

const contextOf = ({ realmId, apiKey }: OauthVisitNeeds): string => `${realmId} ${apiKey.id}`;
