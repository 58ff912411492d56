import type { AccountId, Instant, SessionId } from "../ids.js";

/** What a token is for; a token of one kind is good nowhere else (RFC 8725 section 3.11). */
export type TokenKind = "access" | "refresh";

/** What a token of ours says. Issuer and audience are the mount's own. */
export interface TokenClaims {
  readonly kind: TokenKind;
  /** `jti` */
  readonly id: string;
  /** `sub` */
  readonly accountId: AccountId;
  /** `sid` */
  readonly sessionId: SessionId;
  /** `iat`; whole seconds, in milliseconds. */
  readonly issuedAt: Instant;
  /** `exp`; whole seconds, in milliseconds. */
  readonly expiresAt: Instant;
}

export interface VerifiedToken extends TokenClaims {
  readonly isExpired: boolean;
}
