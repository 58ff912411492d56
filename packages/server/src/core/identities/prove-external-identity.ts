import type { IdentityProviders, ProvidedIdentity } from "../handoffs/identity-providers.js";
import { Refusal } from "../refusal.js";
import { type OauthVisit, type OauthVisitNeeds, returnHash, unsealOauthVisit } from "./oauth-visit.js";

/** What a client brings back from a provider; what it left out is missing. */
export interface OauthProof {
  readonly provider: string;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly code: string | undefined;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
  /** Who answered (RFC 9207), where the client tells it. */
  readonly issuer: string | undefined;
  /** In place of a code: what an app got from the provider by itself. */
  readonly idToken: string | undefined;
}

/** Somebody at a provider. */
export interface ExternalIdentity {
  readonly provider: string;
  readonly subject: string;
}

/**
 * Who comes from a provider. The state is spent by whoever brings it, before the provider is asked: a stolen answer is of no use twice.
 * Refuses with `provider-failed` for everything that does not fit, and within seconds.
 */
export const proveExternalIdentity = async (needs: OauthVisitNeeds, proof: OauthProof): Promise<ExternalIdentity> => {
  const { provider } = proof;
  const visit = await spendVisit(needs, proof);
  if (visit.provider !== provider) throw failed(provider, "another-provider");
  const nonce = proof.nonce ?? "";
  if (needs.fingerprint(nonce) !== visit.nonceHash) throw failed(provider, "nonce");
  const providers = await needs.identityProviders();
  // It may have been disabled since.
  if (!providers.all.some(({ name }) => name === provider)) throw failed(provider, "not-offered");
  const identity = await ask(needs, providers, { visit, proof, nonce });
  if (identity === "declined") throw failed(provider, "declined");
  return { provider, subject: identity.subject };
};

const failed = (provider: string, reason: string): Refusal => new Refusal("provider-failed", { provider, reason });

const spendVisit = async (needs: OauthVisitNeeds, { provider, state }: OauthProof): Promise<OauthVisit> => {
  const visit = state === undefined ? undefined : unsealOauthVisit(needs, state);
  if (state === undefined || visit === undefined) throw failed(provider, "state");
  if (visit.expiresAt <= needs.clock.now()) throw failed(provider, "state-over");
  if (
    !(await needs.stores.singleUse.spend("oauth-state", needs.fingerprint(state), visit.expiresAt + clockMayStepBack))
  )
    throw failed(provider, "state-used");
  return visit;
};

/** Milliseconds for which a spent state stays known beyond its time. */
const clockMayStepBack = 3_600_000;

interface Asking {
  readonly visit: OauthVisit;
  readonly proof: OauthProof;
  readonly nonce: string;
}

const ask = async (
  needs: OauthVisitNeeds,
  providers: IdentityProviders,
  { visit, proof, nonce }: Asking,
): Promise<ProvidedIdentity | "declined"> => {
  const { provider, code, idToken, issuer, state = "" } = proof;
  if (code !== undefined && idToken !== undefined) throw failed(provider, "two-proofs");
  if (idToken !== undefined) return providers.verify(provider, { idToken, nonce });
  const { redirectUri = "", codeVerifier = "" } = proof;
  if (returnHash(needs, { redirectUri, codeVerifier }) !== visit.returnHash) throw failed(provider, "verifier");
  const answer = { code: code ?? "", state, ...(issuer === undefined ? {} : { iss: issuer }) };
  return providers.complete(provider, { redirectUri, state, nonce, codeVerifier, mayOmitIssuer: true }, answer);
};
