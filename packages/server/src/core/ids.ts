declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** A tenant. The realm `default` always exists. */
export type RealmId = Id<"realm">;
/** UUIDv7 (RFC 9562 section 5.7), as contracts show it. */
export type AccountId = Id<"account">;
export type IdentifierId = Id<"identifier">;
/** `ses_` and 128 random bits; of a session that a key opens, `ses_` and the key's SHA-256. */
export type SessionId = Id<"session">;
/** `ref_` and 128 random bits: the `jti` of a refresh token. */
export type RefreshId = Id<"refresh">;
/** `key_` and 128 random bits: the `kid` of a signing key. */
export type KeyId = Id<"key">;
/** `hnd_` and 128 random bits. */
export type HandoffId = Id<"handoff">;
/** `api_` and 128 random bits: an API key as operators and records call it; not the key itself. */
export type ApiKeyId = Id<"api-key">;
/** `sec_` and 128 random bits: one of an API key's secrets, not the secret itself. */
export type ApiSecretId = Id<"api-secret">;
/** `sgn_` and 128 random bits: a sign-in that is under way, whatever token it has at the moment. */
export type SignInId = Id<"sign-in">;
/** `ent_` and 128 random bits. */
export type EntryId = Id<"entry">;
/** `msg_` and 128 random bits: also the left side of the `Message-ID`. */
export type MessageId = Id<"message">;

/** `req_` and 128 random bits: tells nothing but itself. */
export type RequestId = Id<"request">;

/** Milliseconds since 1970-01-01T00:00:00Z, from the clock port. */
export type Instant = number;

export const defaultRealm = "default" as RealmId;

/** What ids are made from: a UUIDv7 for the given instant, and `bits` of randomness as base64url. */
export interface IdSource {
  uuid(at: Instant): string;
  token(bits: 128 | 256): string;
}

export const newAccountId = (source: IdSource, at: Instant): AccountId => source.uuid(at) as AccountId;
export const newIdentifierId = (source: IdSource, at: Instant): IdentifierId => source.uuid(at) as IdentifierId;
export const newSessionId = (source: IdSource): SessionId => `ses_${source.token(128)}` as SessionId;
/** The session that a key opens is found by the key alone, and tells nothing of it. */
export const keySessionId = (keyHash: string): SessionId => `ses_${keyHash}` as SessionId;
export const newRefreshId = (source: IdSource): RefreshId => `ref_${source.token(128)}` as RefreshId;
export const newKeyId = (source: IdSource): KeyId => `key_${source.token(128)}` as KeyId;
export const newHandoffId = (source: IdSource): HandoffId => `hnd_${source.token(128)}` as HandoffId;
export const newApiKeyId = (source: IdSource): ApiKeyId => `api_${source.token(128)}` as ApiKeyId;
export const newApiSecretId = (source: IdSource): ApiSecretId => `sec_${source.token(128)}` as ApiSecretId;
export const newSignInId = (source: IdSource): SignInId => `sgn_${source.token(128)}` as SignInId;
export const newEntryId = (source: IdSource): EntryId => `ent_${source.token(128)}` as EntryId;
export const newMessageId = (source: IdSource): MessageId => `msg_${source.token(128)}` as MessageId;
export const newRequestId = (source: IdSource): RequestId => `req_${source.token(128)}` as RequestId;
