import type { LeasedMessage } from "./outbox-store.js";

/** Carries messages out of the house. */
export interface Courier {
  /**
   * Sends one message under a `Message-ID` made from its id, the same at each attempt. Gives up within `attemptIn`, and not later
   * than the message's time is over. Never throws.
   */
  send(message: LeasedMessage): Promise<Delivery>;
}

/** Milliseconds. */
export const attemptIn = 240_000;

export type Delivery =
  | { readonly kind: "sent" }
  /** Certainly not accepted; worth another try. */
  | { readonly kind: "failed"; readonly error: string }
  /** Refused for good (SMTP 5xx). */
  | { readonly kind: "refused"; readonly error: string }
  /** It may or may not have been accepted. */
  | { readonly kind: "unknown"; readonly error: string };
