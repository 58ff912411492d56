import type { Instant } from "../ids.js";

/** Values of one realm that are good once: nonces of signatures, captcha solutions, states of OAuth visits. Durable. */
export interface SingleUseStore {
  /** Spends the value, by a unique insert: `true` for exactly one caller. It is remembered until `expiresAt` at least. */
  spend(purpose: SingleUsePurpose, valueHash: string, expiresAt: Instant): Promise<boolean>;
  /** Drops at most `limit` values whose time was over at `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}

export type SingleUsePurpose = "signature-nonce" | "captcha" | "oauth-state";
