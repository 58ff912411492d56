import type { Instant, KeyId } from "../ids.js";

export const signingAlgorithms = ["ES256", "EdDSA", "RS256"] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** Milliseconds for which whoever verifies tokens may keep the published keys. */
export const publishedKeysLiveIn = 300_000;

/** A key pair that signs tokens. The public half is published until the last token it signed is over. */
export interface SigningKey {
  readonly id: KeyId;
  readonly algorithm: SigningAlgorithm;
  /** Public JWK (RFC 7517) as JSON, with `kid`, `alg` and `use`. */
  readonly publicJwk: string;
  /** Private JWK, encrypted under `SECRET_KEY`; the text names the version of the secret. */
  readonly sealedPrivateJwk: string;
  readonly createdAt: Instant;
  /** From here on it signs. */
  readonly activeAt: Instant;
  /** From here on it does not sign any more; `undefined` for the newest. */
  readonly retiredAt: Instant | undefined;
  /** From here on it verifies nothing and is not published. */
  readonly expiresAt: Instant | undefined;
}

/** The key that signs at `now`: of the algorithm's active ones the one made last. */
export const signingKeyAt = (
  keys: readonly SigningKey[],
  algorithm: SigningAlgorithm,
  now: Instant,
): SigningKey | undefined =>
  keys
    .filter(
      (key) =>
        key.algorithm === algorithm && key.activeAt <= now && (key.retiredAt === undefined || now < key.retiredAt),
    )
    .reduce<SigningKey | undefined>(
      (newest, key) => (newest === undefined || key.createdAt > newest.createdAt ? key : newest),
      undefined,
    );

/** The keys whose tokens are accepted at `now`, which are also those that are published. */
export const verifyingKeysAt = (keys: readonly SigningKey[], now: Instant): readonly SigningKey[] =>
  keys.filter((key) => key.expiresAt === undefined || now < key.expiresAt);
