import type { AccountId } from "./ids.js";

/**
 * All that the core may refuse, on one page: the key is the refusal's code, the value its details, the sentence above it
 * what has already been verified when it is thrown. How a refusal is told is the business of each contract's `errors.ts`.
 */
export interface Refusals {
  /** The identifier is held by another live account; thrown before or instead of creating anything. */
  "identifier-taken": { readonly kind: IdentifierKind };
  /** No live account holds this identifier where the caller asked. */
  "identifier-unknown": { readonly kind: IdentifierKind };
  /** The text cannot be an identifier of this kind. */
  "identifier-invalid": { readonly kind: IdentifierKind };
  /** The password breaks the policy; every broken rule is named. */
  "password-unacceptable": { readonly failures: readonly PasswordFailure[] };
  /** The account was found and its factor evaluated: the answer was wrong. */
  "factor-wrong": { readonly factor: Factor; readonly accountId: string };
  /** The account was found but has no such factor. */
  "factor-missing": { readonly factor: Factor; readonly accountId: string };
  /** The identity's budget for this factor is used up; nothing was evaluated. */
  "factor-locked": { readonly factor: Factor; readonly accountId?: string };
  /** The credentials were right, but the account's status forbids signing in. */
  "account-inactive": { readonly status: AccountStatus; readonly accountId: string };
  /** The account's status or password changed while its sign-in was running. */
  "account-changed": { readonly accountId: string };
  /** No account has this id in the realm. */
  "account-unknown": { readonly accountId: string };
  /** The account's status does not allow this administrative act. */
  "account-status": { readonly status: AccountStatus; readonly accountId: string };
  /** A deleted account cannot come back under an identifier that has a new owner. */
  "identifier-lost": { readonly kind: IdentifierKind; readonly accountId: string };
  /** The request carries no token in the form that is expected. */
  "token-missing": Record<never, never>;
  /** The token is not one of ours, is of another kind or issuer, or has been tampered with. */
  "token-invalid": { readonly reason: TokenFault };
  /** The token is genuine and its session lives, but the token's own time is over. */
  "token-expired": { readonly sessionId: string; readonly accountId?: AccountId };
  /** The token is genuine, but its session has ended or its account may not act. */
  "session-ended": { readonly sessionId: string; readonly reason: string; readonly accountId?: AccountId };
  /** A replaced refresh token was used again; the session has just been ended. */
  "refresh-token-reused": { readonly sessionId: string; readonly accountId: string };
  /** A single-use link is unknown, used, replaced or over. */
  "link-invalid": { readonly purpose: string };
  /** A client address used up its window. */
  "rate-exceeded": { readonly limit: RateLimit; readonly retryIn: number };
  /** The server has more work than it can finish in time; nothing was started. `retryIn` in seconds. */
  overloaded: { readonly retryIn: number };
  /** The store is known to be down or does not answer in time. `retryIn` in seconds. */
  "store-unavailable": { readonly retryIn: number; readonly during: string };
}

export type RefusalCode = keyof Refusals;
export type IdentifierKind = "email" | "username";
export type Factor = "password";
export type AccountStatus = "active" | "restricted" | "closed" | "denied" | "deleted";
export type TokenFault =
  | "malformed"
  | "signature"
  | "unknown-key"
  | "wrong-kind"
  | "wrong-issuer"
  | "not-yet-valid"
  | "expired";
export type PasswordFailure =
  | { readonly rule: "too-short"; readonly minimum: number }
  | { readonly rule: "too-long"; readonly maximum: number }
  | { readonly rule: "character-class-missing"; readonly missing: readonly CharacterClass[] }
  | { readonly rule: "too-common" }
  | { readonly rule: "entirely-numeric" }
  | { readonly rule: "too-similar"; readonly to: "email" | "fullname" };
export type CharacterClass = "upper" | "lower" | "digit" | "other";

/** At most `limit` uses in a window of `windowIn` milliseconds, counted from its first use. */
export interface RateLimit {
  readonly limit: number;
  readonly windowIn: number;
}

/** An expected "no": told to the caller as the contract words it, recorded with its details. Anything else thrown is a fault. */
export class Refusal<C extends RefusalCode = RefusalCode> extends Error {
  override readonly name = "Refusal";
  readonly code: C;
  readonly details: Refusals[C];

  constructor(code: C, details: Refusals[C], options?: { readonly cause?: unknown }) {
    super(code, options);
    this.code = code;
    this.details = details;
  }

  /** Narrows an unknown error to the refusal with this code. */
  static is<C extends RefusalCode>(error: unknown, code: C): error is Refusal<C> {
    return error instanceof Refusal && error.code === code;
  }
}
