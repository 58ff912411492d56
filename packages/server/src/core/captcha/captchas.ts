import type { CaptchaFlow } from "../api-keys/key-policy.js";
import type { Instant } from "../ids.js";

/** What tells people from programs, by name: `altcha`, the server's own, and what the operator has configured. */
export interface Captchas {
  /** What the browser has to do; `undefined` when no captcha has this name. */
  task(name: string, purpose: CaptchaPurpose): Promise<CaptchaTask | undefined>;
  /**
   * Judges what the browser brought. Answers within 5 seconds, and never `isRight` when the provider was not reached. `id`: what must be
   * spent once, until `expiresAt`.
   */
  check(name: string, answer: CaptchaAnswer): Promise<CaptchaVerdict>;
}

export interface CaptchaPurpose {
  /** Whose captcha it is: a task for one is worthless for another. */
  readonly owner: string;
  readonly now: Instant;
}

/** `altcha`: a proof of work, as its widget takes it. Others bring their own by their scripts, which need a site key. */
export type CaptchaTask =
  | { readonly kind: "altcha"; readonly parameters: Readonly<Record<string, unknown>>; readonly signature: string }
  | { readonly kind: CaptchaProviderKind; readonly siteKey: string };

export type CaptchaProviderKind = "hcaptcha" | "turnstile" | "recaptcha-v2" | "recaptcha-v3";

export interface CaptchaAnswer extends CaptchaPurpose {
  /** At most 8,192 characters. */
  readonly response: string;
  readonly flow: CaptchaFlow;
  /** The client's. */
  readonly address: string;
}

export type CaptchaVerdict =
  | { readonly isRight: true; readonly id: string; readonly expiresAt: Instant }
  | { readonly isRight: false; readonly reason: string };
