import type { AccountView } from "../accounts/account-view.js";
import type { Disclaimer } from "../disclaimers/disclaimer.js";
import type { Instant } from "../ids.js";
import type { SessionState } from "./session-state.js";

/** Where a step has led. */
export type SignInProgress =
  | {
      readonly kind: "pending";
      readonly state: SessionState;
      /** The session's new token. */
      readonly token: string;
      readonly expiresAt: Instant;
      readonly next: NextStep;
    }
  /** Signed in: `token` is the auth token. */
  | { readonly kind: "authorized"; readonly token: string; readonly expiresAt: Instant; readonly view: AccountView }
  /** Done, and to be begun anew at the sign-in. */
  | { readonly kind: "login" };

/** What the next step needs; each only where its state asks for it. */
export interface NextStep {
  /** To be accepted in the next step. */
  readonly disclaimersRequired?: readonly Disclaimer[];
  /** Where a code has been sent, as far as the caller may see it. */
  readonly sentTo?: { readonly channel: "mail" | "sms"; readonly masked: string };
  readonly memorablePositions?: readonly number[];
  readonly controlQuestion?: string;
  readonly availableAt?: Instant;
}
