import type { AccountId, HandoffId, Instant, SessionId } from "../ids.js";

/** A sign-in in the browser on behalf of an app, which gets its key for a temporary token (`specs/account.md`, hand-off). */
export interface Handoff {
  readonly id: HandoffId;
  readonly mount: string;
  /** SHA-256 of the temporary token. */
  readonly tokenHash: string;
  /** The token itself, encrypted: it is put into the redirect when the sign-in is over. */
  readonly sealedToken: string;
  /** SHA-256 of the secret in the cookie of the browser that began it. */
  readonly browserHash: string;
  readonly redirectUri: string;
  /** The app's own `state`, returned unchanged. */
  readonly clientState: string | undefined;
  /** S256 (RFC 7636); the exchange then needs its verifier. */
  readonly codeChallenge: string | undefined;
  readonly language: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** The sign-in at an identity provider that is under way. */
  readonly provider: ProviderVisit | undefined;
  /** Who signed in; set once. */
  readonly accountId: AccountId | undefined;
  readonly boundAt: Instant | undefined;
  readonly usedAt: Instant | undefined;
  /** What the exchange opened: it ends when the token is used again. */
  readonly sessionId: SessionId | undefined;
}

/** One visit at an identity provider. */
export interface ProviderVisit {
  readonly name: string;
  /** SHA-256 of the `state` that the provider returns; `undefined` once it did. */
  readonly stateHash: string | undefined;
  /** Nonce and PKCE verifier; once the provider has answered, the identity that waits for local proof. Encrypted JSON. */
  readonly sealed: string;
}

/** Milliseconds for which a temporary token waits for somebody to sign in. */
export const unboundLivesIn = 600_000;
/** Milliseconds for which it can be exchanged from then on. */
export const boundLivesIn = 60_000;
