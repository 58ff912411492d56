import type { Instant } from "../ids.js";
import type { SigningAlgorithm, SigningKey } from "./signing-key.js";

/** Signing keys of one realm. */
export interface SigningKeyStore {
  list(): Promise<readonly SigningKey[]>;
  insert(key: SigningKey): Promise<void>;
  /**
   * Ends the signing time of every key of the algorithm that has none yet and was made before `madeBefore`.
   * They verify until `expiresAt`.
   */
  retire(algorithm: SigningAlgorithm, retirement: Retirement): Promise<number>;
  /** Rewrites the sealed private half of one key, when it is still sealed as `from`. */
  reseal(key: SigningKey, from: string): Promise<boolean>;
  /** Drops keys that expired at or before `before`; how many. */
  purge(before: Instant): Promise<number>;
}

export interface Retirement {
  readonly madeBefore: Instant;
  readonly retiredAt: Instant;
  readonly expiresAt: Instant;
}
