/** Identity providers that the operator has configured, behind a certified client library. */
export interface IdentityProviders {
  /** Their names, in the order of the configuration. */
  readonly all: readonly IdentityProviderName[];
  /**
   * Where the browser has to go (OpenID Connect Core section 3.1.2.1): authorization code flow with PKCE (S256), state and nonce.
   * Throws `provider-failed` when the provider cannot be discovered in time.
   */
  begin(name: string, visit: ProviderRequest): Promise<string>;
  /**
   * Evaluates the answer that the browser brought: state, issuer (RFC 9207), code, nonce, signature, audience, subject. `declined`: the
   * provider, or whoever stood before it, said no. Throws `provider-failed` for everything that does not fit, and within seconds.
   */
  complete(name: string, visit: ProviderRequest, answer: ProviderAnswer): Promise<ProvidedIdentity | "declined">;
  /**
   * Evaluates an ID token that an app got from the provider by itself: signature, issuer, audience, nonce, times, subject. Throws
   * `provider-failed` for everything that does not fit, and within seconds.
   */
  verify(name: string, token: BroughtToken): Promise<ProvidedIdentity>;
}

export interface IdentityProviderName {
  /** As in `?provider=` and in identifiers. */
  readonly name: string;
  /** For a button. */
  readonly title: string;
}

export interface ProviderRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /**
   * Whether the answer's issuer (RFC 9207) may be left out although the provider always names it: a client may bring the code alone. The
   * state, which is sealed for one provider, has then to tell providers apart.
   */
  readonly mayOmitIssuer?: true;
}

export interface BroughtToken {
  readonly idToken: string;
  readonly nonce: string;
}

/** The query, or posted form, with which the provider sent the browser back. */
export type ProviderAnswer = Readonly<Record<string, string>>;

export interface ProvidedIdentity {
  /** Unique and never reassigned at this provider, byte for byte. */
  readonly subject: string;
  /** Only an address that the provider says it has verified (boolean `true`), and for whose domain the operator trusts it. */
  readonly verifiedEmail: string | undefined;
  readonly fullname: string | undefined;
}
