import type { AccountId, Instant, MessageId } from "../ids.js";
import type { Factor } from "../refusal.js";

/** What is to be told to somebody. The words are the mail adapter's; `expiresIn` is in milliseconds. */
export type Letter =
  | { readonly kind: "registration-code"; readonly code: string; readonly expiresIn: number }
  /** To the owner of an address that somebody tried to register again. */
  | { readonly kind: "already-registered" }
  | { readonly kind: "registration-link"; readonly link: string; readonly expiresIn: number }
  /** To the owner of a free address whose wished user name is taken. */
  | { readonly kind: "username-taken" }
  | { readonly kind: "sign-in-code"; readonly code: string; readonly expiresIn: number }
  | { readonly kind: "recovery-link"; readonly link: string; readonly expiresIn: number }
  /** A recovery by control question has begun; `link` stops it. */
  | {
      readonly kind: "recovery-by-question";
      readonly link: string;
      readonly availableAt: Instant;
      readonly expiresIn: number;
    }
  | { readonly kind: "account-recovered"; readonly at: Instant }
  | { readonly kind: "factor-locked"; readonly factor: Factor; readonly at: Instant }
  | { readonly kind: "factor-changed"; readonly factor: Factor; readonly at: Instant }
  | { readonly kind: "backup-code-used"; readonly left: number; readonly at: Instant }
  | { readonly kind: "recovery-code"; readonly code: string; readonly expiresIn: number }
  | {
      readonly kind: "identity-link-code";
      readonly code: string;
      readonly expiresIn: number;
      readonly provider: string;
    }
  | { readonly kind: "password-changed"; readonly at: Instant }
  | { readonly kind: "identity-linked"; readonly provider: string; readonly at: Instant }
  | { readonly kind: "sign-in-stolen"; readonly at: Instant };

/** By which a message goes out. */
export type Channel = "mail" | "sms";

/** A letter on its way. Recipient and letter are kept encrypted: they hold codes and personal data. */
export interface Message {
  readonly id: MessageId;
  readonly channel: Channel;
  /** An e-mail address, as its owner wrote it; of an SMS a number in E.164. */
  readonly to: string;
  readonly language: string;
  readonly letter: Letter;
  /** To whom it belongs, for erasure; `undefined` before there is an account. */
  readonly accountId: AccountId | undefined;
  readonly createdAt: Instant;
  /** Not sent at or after this instant: a letter dies with the code it carries. */
  readonly expiresAt: Instant;
  /** `send`: to be sent. `drop`: costs the same and is never sent, so that time does not tell who has an account. */
  readonly fate: "send" | "drop";
}
