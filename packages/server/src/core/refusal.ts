import type { AccountId } from "./ids.js";
import type { SmsSending } from "./limits/sms-sending.js";

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
  /** The answer was wrong; a try was counted for it. `accountId` is absent where nobody was there to answer. */
  "factor-wrong": { readonly factor: Factor; readonly accountId?: string };
  /** The account was found but has no such factor. */
  "factor-missing": { readonly factor: Factor; readonly accountId: string };
  /** The identity's budget for this factor is used up; nothing was evaluated. `retryIn` in seconds, where it is known when it opens again. */
  "factor-locked": { readonly factor: Factor; readonly accountId?: string; readonly retryIn?: number };
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
  /** The caller's key is genuine and lives, but its account is restricted or denied. */
  "account-suspended": { readonly status: AccountStatus; readonly accountId: string };
  /** The caller's key is genuine and lives, but a key of its kind may not do this. */
  "key-not-allowed": { readonly reason: KeyLimit; readonly accountId: string };
  /** The account vanished between authentication and the act: somebody else deleted it meanwhile. */
  "account-gone": { readonly accountId: string };
  /** The operator has protected this account from deletion; nothing was deleted. */
  "account-protected": { readonly accountId: string };
  /** The current password was absent, wrong or, its budget being used up, not evaluated. `failures`: rules that the new one breaks. */
  "current-password-wrong": {
    readonly reason: "absent" | "wrong" | "locked";
    readonly failures: readonly PasswordFailure[];
    readonly accountId: string;
  };
  /** No registration of this address is pending on the mount, or it is over. */
  "registration-unknown": { readonly reason: string };
  /** No live code is there for this purpose and address. */
  "code-unknown": { readonly purpose: CodePurpose; readonly reason: string };
  /** The code's time is over, while what it would have confirmed still waits. */
  "code-expired": { readonly purpose: CodePurpose };
  /** The code is not the one that was sent. Not evaluated: its tries, or the identity's budget, are used up. */
  "code-wrong": { readonly purpose: CodePurpose; readonly wasEvaluated: boolean; readonly accountId?: string };
  /**
   * The address got a code or letter too lately, or too many of them; none was sent. `retryIn` in seconds. `by`: which budget of SMS was
   * used up; without, the address's own.
   */
  "sending-limited": { readonly retryIn: number; readonly by?: keyof SmsSending };
  /** The random source gave nothing, so that no identifier could be made. */
  "identifier-not-made": Record<never, never>;
  /** A browser's way to an app is unknown, over, used, or its verifier does not fit; a wrong verifier has used it up. */
  "handoff-unknown": { readonly reason: string; readonly sessionId?: string };
  /** The temporary token lives, but nobody has signed in for it. */
  "handoff-unbound": { readonly handoffId: string };
  /** The account that signed in for the temporary token has been deleted. */
  "handoff-account-gone": { readonly accountId: string };
  /** The redirect address or the identity provider is not on the mount's list, or what the hand-off needs is missing. */
  "handoff-refused": { readonly reason: string };
  /** The identity provider did not vouch for anybody: what it said is missing, forged, late or meant for somebody else. */
  "provider-failed": { readonly provider: string; readonly reason: string };
  /** No realm has this company code. */
  "realm-unknown": { readonly company: string };
  /** The request names no API key. */
  "api-key-missing": Record<never, never>;
  /** The API key is none of the realm's, or is not good any more. */
  "api-key-invalid": { readonly reason: "unknown" | "disabled" | "expired"; readonly keyId?: string };
  /** The API key is genuine, but its policy, or the age of the sign-in, forbids this request with this data. */
  "access-restricted": { readonly reason: "address" | "scope" | "sign-in-too-old" | "factor"; readonly keyId: string };
  /** Credentials are there in a form, or of a kind, that this request does not take. */
  "authorization-invalid": { readonly reason: string };
  /** The request's signature does not fit it, lacks a part, or was used before. `canonical`: what was signed here, for keys of developers. */
  "signature-invalid": { readonly reason: SignatureFault; readonly keyId: string; readonly canonical?: string };
  /** The signature's time is too far from now; nothing else was evaluated. `offBy` in seconds. */
  "signature-expired": { readonly offBy: number; readonly keyId: string };
  /** The key's policy asks for a captcha in this flow. */
  "captcha-missing": Record<never, never>;
  /** The captcha's answer is wrong, used, over, or could not be checked. */
  "captcha-invalid": { readonly reason: string };
  /** The session is genuine and lives, or is remembered as ended, but this request is none of its state. */
  "session-state-wrong": { readonly state: string; readonly request: string; readonly accountId?: string };
  /** Disclaimers that are required were not accepted; no factor was looked at. */
  "disclaimer-not-accepted": { readonly codes: readonly string[] };
  /** The identity provider vouched for somebody whom no account here is linked with. */
  "identity-unknown": { readonly provider: string };
  /** The account cannot be recovered in this way. */
  "recovery-not-possible": { readonly reason: RecoveryObstacle; readonly accountId?: string };
  /** The link was genuine; its time is over. */
  "link-expired": { readonly purpose: string };
  /** Nothing with this id is the caller's to see. */
  "object-unknown": { readonly kind: string };
  /** A client address used up its window. */
  "rate-exceeded": { readonly limit: RateLimit; readonly retryIn: number };
  /** The server has more work than it can finish in time; nothing was started. `retryIn` in seconds. */
  overloaded: { readonly retryIn: number };
  /** The store is known to be down or does not answer in time. `retryIn` in seconds. */
  "store-unavailable": { readonly retryIn: number; readonly during: string };
}

export type RefusalCode = keyof Refusals;
/** `device`: what a guest is found by. `external`: an identity provider's name and its subject. */
export type IdentifierKind = "email" | "phone" | "username" | "device" | "external";
/** `code`: digits that were sent by SMS or mail. */
export type Factor = "password" | "code" | "backup-code" | "memorable" | "control-answer";
/** What a code of digits confirms. */
export type CodePurpose = "registration" | "recovery" | "identity-link" | "sign-in";
export type SignatureFault = "header" | "covered-components" | "digest" | "nonce-used" | "mismatch" | "no-secret";
export type RecoveryObstacle = "phone-not-set" | "email-not-set" | "question-not-set" | "method-restricted";
/** `recovery-only`: a key that can only set a new password, once. `guest`: a guest has no password. */
export type KeyLimit = "recovery-only" | "guest";
export type AccountStatus = "active" | "restricted" | "closed" | "denied" | "deleted";
export type TokenFault =
  | "malformed"
  | "signature"
  | "unknown-key"
  | "wrong-kind"
  | "wrong-issuer"
  | "wrong-client"
  | "unknown"
  | "sent-twice"
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
