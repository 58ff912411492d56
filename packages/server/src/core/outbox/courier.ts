import type { Channel } from "./message.js";
import type { LeasedMessage } from "./outbox-store.js";

/** Carries messages of one channel out of the house. */
export interface Courier {
  readonly channel: Channel;
  /** Where a message goes first; empty where there is only one way. */
  readonly gateway: string;
  /** Milliseconds after which it gives up an attempt. */
  readonly attemptIn: number;
  /**
   * Sends one message under its id, the same at each attempt, to its gateway and no other. Gives up within `attemptIn`, and not later than
   * the message's time is over. Never throws.
   */
  send(message: LeasedMessage): Promise<Delivery>;
}

export type Delivery =
  | { readonly kind: "sent" }
  /** Certainly not accepted; worth another try, at another gateway where one is named. */
  | {
      readonly kind: "failed";
      readonly error: string;
      readonly next?: { readonly gateway: string; readonly isAtOnce: boolean };
    }
  /** Refused for good (SMTP 5xx). */
  | { readonly kind: "refused"; readonly error: string }
  /** It may or may not have been accepted. */
  | { readonly kind: "unknown"; readonly error: string };
