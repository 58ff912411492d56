import type { ProfileChange } from "../accounts/profile-store.js";
import type { Acceptance } from "../disclaimers/disclaimer.js";
import type { ParsedIdentifier } from "../identities/email.js";
import type { Address } from "../identities/reachable-address.js";
import type { AccountId, ApiKeyId, Instant, SignInId } from "../ids.js";
import type { Factor, IdentifierKind } from "../refusal.js";
import type { SessionState } from "./session-state.js";

/** A sign-in, sign-up or recovery that is under way. */
export interface PendingSession {
  readonly id: SignInId;
  /** SHA-256 of the token that it has at the moment; each right answer gives it another. */
  readonly tokenHash: string;
  /** The API key with which it was begun, and has to go on. */
  readonly clientId: ApiKeyId;
  readonly state: SessionState;
  /** `undefined`: there is no account yet, or none at all (a decoy). */
  readonly accountId: AccountId | undefined;
  readonly memory: SessionMemory;
  /** Wrong answers so far; at `wrongAnswersEnd` of them it is over. */
  readonly failures: number;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly endedAt: Instant | undefined;
}

/** What a pending session has learned; kept encrypted. */
export interface SessionMemory {
  readonly via: "login" | "signup" | "oauth" | "recovery";
  /** What was asked for, or is to be registered: also what tells one decoy from another. */
  readonly identifier: LoginIdentifier;
  /** Who has what was asked for, where the session is not about him: its tries are his. */
  readonly holder?: AccountId | undefined;
  /** Factors that have been proven. */
  readonly proven: readonly Factor[];
  /** Accepted in its first step; written down once there is an account and it is in. */
  readonly accepted: readonly AcceptedDisclaimer[];
  /** Whether the first step, in which disclaimers are accepted, is done. */
  readonly isBegun: boolean;
  /** Of a sign-up: what the account is made of. */
  readonly signUp?: { readonly profile: ProfileChange; readonly language: string };
  /** Of a code that is asked for: where another one goes. */
  readonly code?: SentCode;
  /** Of letters that are asked for: asking again never draws others. */
  readonly memorablePositions?: readonly number[];
  /** Of a recovery by question: not before this instant. */
  readonly availableAt?: Instant | undefined;
  /** The password's last change when the session began: a sign-in does not outlive another one. */
  readonly passwordChangedAt?: Instant | undefined;
}

export interface SentCode {
  readonly to: Address;
  readonly language: string;
  /** `decoy`: costs the same, fits nothing and is never sent. */
  readonly fits: "code" | "decoy";
  /** As much of the address as the caller may see. */
  readonly masked: string;
  /** What the caller named, where he may learn nothing of the address: not either when it was written to. */
  readonly named?: string;
}

export interface LoginIdentifier extends ParsedIdentifier {
  readonly kind: IdentifierKind;
}

/** As it will be written down. */
export type AcceptedDisclaimer = Omit<Acceptance, "accountId">;

/** Milliseconds for which its token is good. */
export const pendingSessionLivesIn = 900_000;
/** Wrong answers that end it. */
export const wrongAnswersEnd = 5;
