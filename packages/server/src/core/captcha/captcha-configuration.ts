import type { CaptchaProviderKind } from "./captchas.js";

/** A captcha of somebody else's as the operator has configured it: complete and checked, its secret read from its file. */
export interface CaptchaConfiguration {
  /** As policies of API keys call it. */
  readonly name: string;
  readonly kind: CaptchaProviderKind;
  /** For pages. */
  readonly siteKey: string;
  readonly secret: string;
  /** Where answers are verified. */
  readonly verifyUrl: string;
  /** In small letters, of the pages that may ask; none named: whatever the provider lets through. */
  readonly hostnames: readonly string[];
  /** Whether the action that a page has named must be the flow: `signup`, `login` or `recovery`. */
  readonly checksAction: boolean;
  /** From 0 to 1: the lowest score that is let in; `undefined` where a provider gives none. */
  readonly minimumScore: number | undefined;
}
