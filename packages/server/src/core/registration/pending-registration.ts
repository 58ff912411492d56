import type { AccountId, Instant } from "../ids.js";
import type { ParsedIdentifier } from "../identities/email.js";

/** A registration that waits for its address to be proven. It is no account: it cannot sign in, and it holds no identifier. */
export interface PendingRegistration {
  /** The mount on which alone it can be completed; one for each mount and address. */
  readonly mount: string;
  readonly email: ParsedIdentifier;
  readonly username: ParsedIdentifier | undefined;
  readonly fullname: string | undefined;
  readonly language: string;
  /** `undefined`: the account will have no password. */
  readonly passwordHash: string | undefined;
  /** The guest that becomes this account. */
  readonly guestId: AccountId | undefined;
  /** SHA-256 of the token of its link, where it is completed by a link. */
  readonly linkHash: string | undefined;
  /** It stands for a registration of an address that is taken already, and can never be completed. */
  readonly isDecoy: boolean;
  /** Keyed hash of what was sent, but the password: tells a repetition from another registration. */
  readonly sentDigest: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** Milliseconds for which a registration waits for its code. */
export const registrationWaitsIn = 1_800_000;
/** Milliseconds for which a registration waits for its link (`specs/jwt.md`, profile `hardened`). */
export const registrationLinkLivesIn = 86_400_000;
