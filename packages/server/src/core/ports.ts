import type { AccountStore } from "./accounts/account-store.js";
import type { ProfileStore } from "./accounts/profile-store.js";
import type { ApiKeyStore } from "./api-keys/api-key-store.js";
import type { MessageSignature } from "./api-keys/message-signature.js";
import type { AuditTrail } from "./audit/audit-trail.js";
import type { DisclaimerStore } from "./disclaimers/disclaimer-store.js";
import type { EntryStore } from "./entries/entry-store.js";
import type { FactorStore } from "./factors/factor-store.js";
import type { OneTimeCodeStore } from "./factors/one-time-code-store.js";
import type { GuestStore } from "./guests/guest-store.js";
import type { HandoffStore } from "./handoffs/handoff-store.js";
import type { IdentityProviderStore } from "./identities/identity-provider-store.js";
import type { IdSource, Instant } from "./ids.js";
import type { AttemptStore } from "./limits/attempt-store.js";
import type { SendingStore } from "./limits/sending-store.js";
import type { SingleUseStore } from "./limits/single-use-store.js";
import type { OutboxStore } from "./outbox/outbox-store.js";
import type { PasswordStore } from "./passwords/password-store.js";
import type { PendingRegistrationStore } from "./registration/pending-registration-store.js";
import type { AccountLinkStore } from "./recovery/account-link-store.js";
import type { KnownDeviceStore } from "./sign-in/known-device-store.js";
import type { PendingSessionStore } from "./sign-in/pending-session-store.js";
import type { SessionStore } from "./sessions/session-store.js";
import type { SigningKeyStore } from "./signing-keys/signing-key-store.js";
import type { SigningAlgorithm } from "./signing-keys/signing-key.js";
import type { TokenClaims, TokenKind, VerifiedToken } from "./sessions/token.js";

/** The only source of time. */
export interface Clock {
  now(): Instant;
}

/** The only source of chance: a CSPRNG. */
export interface Random extends IdSource {
  /** So many decimal digits, each string of them as likely as any other. */
  digits(count: number): string;
}

/** Everything keyed by `SECRET_KEY`, one derived key per purpose (HKDF, RFC 5869). */
export interface Secrets {
  /** HMAC-SHA-256 under the newest secret's key for the purpose, base64url. For look-up keys that must not be readable. */
  digest(purpose: DigestPurpose, text: string): string;
  /** AES-256-GCM; the result names the secret's version. `context` is authenticated, not stored. */
  seal(purpose: SealPurpose, context: string, plain: string): string;
  /** Throws on a text that was tampered with, sealed for another context, or under a secret that is not configured. */
  unseal(purpose: SealPurpose, context: string, sealed: string): string;
  /** Whether the text was sealed under a secret that is not the newest. */
  isStale(sealed: string): boolean;
}
export type DigestPurpose =
  | "attempt-subject"
  | "known-device"
  | "one-time-code"
  | "sending-subject"
  | "registration"
  | "single-use"
  | "decoy"
  | "captcha"
  | "memorable-letters";
export type SealPurpose =
  | "signing-key"
  | "refresh-successor"
  | "message"
  | "handoff"
  | "api-secret"
  | "pending-session"
  | "memorable-words"
  | "control-question"
  | "identity-provider"
  | "oauth-visit";

/** SHA-256, base64url: how 256-bit secrets are kept. */
export type Fingerprint = (secret: string) => string;

/** The password hash on its bounded pool. Every method throws `overloaded` when the pool's queue is full. */
export interface PasswordHasher {
  /** Throws `overloaded` at once when the queue is full, before anything has been spent on the request. */
  assertRoom(): void;
  /** Argon2id over NFKC, peppered. The password has been checked to be at most 1,000 code points. */
  hash(password: string): Promise<string>;
  /** `false` for a wrong password and for one over 1,000 code points, which is not hashed. */
  verify(password: string, hash: string): Promise<PasswordVerdict>;
  /** As dear as `verify` of a current hash, and always `false`: for accounts that are not there. */
  verifyNothing(password: string): Promise<PasswordVerdict>;
}

export interface PasswordVerdict {
  readonly isRight: boolean;
  /** The hash is right but of an older kind, cost or pepper. */
  readonly isOutdated: boolean;
}

/** The list of common and breached passwords. */
export interface CommonPasswords {
  has(password: string): boolean;
}

/** Addresses of clients, and ranges of them (CIDR). */
export interface AddressRanges {
  /** Whether the address is one of the ranges, or lies in one. An IPv4 address is the same in its IPv6-mapped form. */
  include(ranges: readonly string[], address: string): boolean;
}

/** What signed requests are verified with, but the decision. */
export interface RequestSignatures {
  /** SHA-256 in lower-case hexadecimal. */
  bodyHash(body: Uint8Array): string;
  /**
   * Whether `mac` is the HMAC-SHA-256 of the text under the UTF-8 bytes of the secret, as base64url without padding; in a time that tells
   * neither where it differs nor how long it is.
   */
  fits(secret: string, text: string, mac: string): boolean;
  /**
   * The one signature that `Signature-Input` and `Signature` carry (RFC 9421 section 4), each written as its strict serialisation, so that
   * no two texts mean the same; `undefined` for everything else.
   */
  readMessageSignature(fields: { readonly input: string; readonly signature: string }): MessageSignature | undefined;
  /** Whether `Content-Digest` (RFC 9530) has the body's SHA-256 or SHA-512, and nothing wrong for either. */
  digestFits(contentDigest: string, body: Uint8Array): boolean;
}

/** Signs and verifies the tokens of one mount. */
export interface Tokens {
  sign(claims: TokenClaims): Promise<string>;
  /**
   * Checks everything but time's end and the session: form, header type, algorithm pinned by key, signature, issuer, audience, kind.
   * Throws `token-invalid`. An expired token is returned with `isExpired`, so that the session is checked first.
   */
  verify(token: string, kinds: readonly TokenKind[]): Promise<VerifiedToken>;
}

/** The public keys of a realm as a JWK Set (RFC 7517 section 5): every key whose tokens are still accepted. */
export type PublishedKeys = () => Promise<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }>;

/** Makes key pairs; the only maker of private keys. */
export interface KeyPairs {
  /** Both halves as JWK JSON; the public one carries `kid`, `alg`, `use`. */
  generate(
    algorithm: SigningAlgorithm,
    kid: string,
  ): Promise<{ readonly publicJwk: string; readonly privateJwk: string }>;
}

/** The durable stores of one realm. A use case has no way to reach another realm's rows. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly passwords: PasswordStore;
  readonly sessions: SessionStore;
  readonly signingKeys: SigningKeyStore;
  readonly attempts: AttemptStore;
  readonly knownDevices: KnownDeviceStore;
  readonly links: AccountLinkStore;
  readonly profiles: ProfileStore;
  readonly guests: GuestStore;
  readonly pendingRegistrations: PendingRegistrationStore;
  readonly codes: OneTimeCodeStore;
  readonly sendings: SendingStore;
  readonly handoffs: HandoffStore;
  readonly outbox: OutboxStore;
  readonly apiKeys: ApiKeyStore;
  readonly disclaimers: DisclaimerStore;
  readonly entries: EntryStore;
  readonly factors: FactorStore;
  readonly identityProviders: IdentityProviderStore;
  readonly pendingSessions: PendingSessionStore;
  readonly singleUse: SingleUseStore;
  readonly audit: AuditTrail;
}

/**
 * Runs `work` on stores that commit together or not at all. `work` awaits nothing but these stores and may run again after a
 * serialisation failure or deadlock (a bounded number of times); a commit whose outcome is unknown is never run again.
 * Resolves only after the commit is durable.
 */
export type Transaction = <T>(work: (stores: Stores) => Promise<T>) => Promise<T>;
