import type { AttemptBudget } from "./limits/attempt-budget.js";
import type { RateLimit } from "./refusal.js";
import type { SessionLifetimes } from "./sessions/session.js";
import type { SigningAlgorithm } from "./signing-keys/signing-key.js";

/** What a mount may vary. Built once from the configuration; no contract and no use case reads settings. */
export interface MountPolicy {
  /** The mount's name: what unproven identifiers, sessions and tokens are bound to. */
  readonly mount: string;
  readonly profile: Profile;
  readonly passwords: PasswordPolicy;
  readonly signIn: SignInPolicy;
  readonly sessions: SessionLifetimes;
  readonly tokens: TokenPolicy;
  /** Requests per client address, by endpoint name. */
  readonly addressLimits: Readonly<Record<string, RateLimit>>;
}

/** `contract`: letter for letter. `hardened`: as `specs/hardened.md`. */
export type Profile = "contract" | "hardened";

export interface PasswordPolicy {
  /** In code points, after NFKC. */
  readonly minimumLength: number;
  readonly maximumLength: number;
  /** An upper-case letter, a lower-case letter, a digit and another character are needed. */
  readonly needsAllClasses: boolean;
  readonly refusesCommon: boolean;
  readonly refusesNumeric: boolean;
  readonly refusesSimilar: boolean;
}

export interface SignInPolicy {
  /** Failures of one identity, over all mounts of the realm. */
  readonly passwordBudget: AttemptBudget;
  /** What a device that signed in lately has beyond it. */
  readonly knownDeviceBudget: AttemptBudget;
  /** Milliseconds for which a device stays known. */
  readonly deviceKnownIn: number;
}

export interface TokenPolicy {
  readonly algorithm: SigningAlgorithm;
  readonly issuer: string;
  readonly audience: string;
  /** Milliseconds. */
  readonly accessIn: number;
  /** Milliseconds; a refresh token never outlives its session. */
  readonly refreshIn: number;
  /** `by-client`: only sessions opened with `rotate: true`. */
  readonly rotation: "by-client" | "always";
  /** Milliseconds in which a replaced refresh token gives its unused successor again. */
  readonly rotationGraceIn: number;
}
