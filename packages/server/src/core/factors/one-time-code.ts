import type { AccountId, Instant } from "../ids.js";
import type { CodePurpose } from "../refusal.js";

/** A six-digit code that was sent to somebody, as it is kept: the digits stand under a keyed hash only. */
export interface OneTimeCode {
  /** What it confirms and for whom, under a keyed hash. One live code each: a newer one replaces the older. */
  readonly subject: string;
  readonly purpose: CodePurpose;
  /** Whose code it is, where there is an account. */
  readonly accountId: AccountId | undefined;
  /** Keyed hash of subject and digits; `undefined` for a decoy, which nothing fits. */
  readonly codeHash: string | undefined;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** A code as it is listed, without what it is found and compared by. */
export interface KeptCode extends Omit<OneTimeCode, "subject" | "codeHash"> {
  /** Counted so far. */
  readonly tries: number;
  readonly usedAt: Instant | undefined;
}

/** Digits of a code. */
export const codeLength = 6;
/** Milliseconds for which a code is good. */
export const codeLivesIn = 300_000;
/** Evaluated tries of one code; the code is dead after them. */
export const triesOfACode = 5;
