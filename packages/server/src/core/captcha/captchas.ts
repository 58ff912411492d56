import type { Instant } from "../ids.js";

/** What tells people from programs, by name: `altcha`, the server's own, and what the operator has configured. */
export interface Captchas {
  /** A task for the browser, of `altcha` alone; `undefined` for others, whose own scripts bring theirs. */
  challenge(name: string, now: Instant): Promise<Readonly<Record<string, string | number>> | undefined>;
  /**
   * Judges what the browser brought. Answers within seconds, and never `right` when the provider was not reached. `id`: what must be
   * spent once, until `expiresAt`.
   */
  check(name: string, answer: CaptchaAnswer): Promise<CaptchaVerdict>;
}

export interface CaptchaAnswer {
  /** At most 8,192 characters. */
  readonly response: string;
  /** The client's. */
  readonly address: string;
  readonly now: Instant;
}

export type CaptchaVerdict =
  | { readonly isRight: true; readonly id: string; readonly expiresAt: Instant }
  | { readonly isRight: false; readonly reason: string };
