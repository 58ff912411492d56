import type { ApiKeyId, ApiSecretId, Instant } from "../ids.js";
import type { KeyPolicy } from "./key-policy.js";

/** A client application of one realm. The key itself is kept as its SHA-256. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly keyHash: string;
  /** For operators. */
  readonly name: string;
  readonly policy: KeyPolicy;
  /** A signature that does not fit is answered with the text that was signed here. */
  readonly isDevelopment: boolean;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | undefined;
  readonly disabledAt: Instant | undefined;
}

/** What signed requests are verified with; 256 random bits as shown once, encrypted here. Two at once serve a rotation. */
export interface ApiSecret {
  readonly id: ApiSecretId;
  readonly keyId: ApiKeyId;
  readonly secret: string;
  readonly createdAt: Instant;
  /** `undefined`: good until another replaces it. */
  readonly expiresAt: Instant | undefined;
}
