import type { ApiKeyId } from "./ids.js";
import type { AttemptBudget } from "./limits/attempt-budget.js";
import type { SendingBudget } from "./limits/sending-budget.js";
import type { SmsSending } from "./limits/sms-sending.js";
import type { RateLimit } from "./refusal.js";
import type { SessionLifetimes } from "./sessions/session.js";
import type { SigningAlgorithm } from "./signing-keys/signing-key.js";

/** What a mount may vary. Built once from the configuration; no contract and no use case reads settings. */
export interface MountPolicy {
  /** The mount's name: what unproven identifiers, sessions and tokens are bound to. */
  readonly mount: string;
  /** Every mount of the realm, this one included: on each of them an address may be registered at the same time. */
  readonly mounts: readonly string[];
  readonly profile: Profile;
  readonly passwords: PasswordPolicy;
  readonly signIn: SignInPolicy;
  readonly sessions: SessionLifetimes;
  readonly tokens: TokenPolicy;
  readonly codes: CodePolicy;
  readonly messages: MessagePolicy;
  readonly handoff: HandoffPolicy;
  /** Normalised e-mail addresses whose accounts nobody can delete by the API. */
  readonly protectedEmails: readonly string[];
  /** The API key of the request; `undefined` where a mount has none. */
  readonly clientId?: ApiKeyId;
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

export interface CodePolicy {
  /** Guesses of one identity, over every purpose, mount and session of the realm. */
  readonly guessBudget: AttemptBudget;
  /** Mails to one address. */
  readonly sending: SendingBudget;
  readonly sms: SmsSending;
}

/** `contract`: each message in the language of the page. `negotiate`: by `Accept-Language`. */
export interface MessagePolicy {
  readonly language: "contract" | "negotiate";
}

export interface HandoffPolicy {
  /** Where a browser may be sent with a temporary token: exact matches only, custom schemes allowed. */
  readonly redirectUris: readonly string[];
  /** Where the mount is reached, without a slash at its end: what identity providers redirect to lies below it. */
  readonly baseUrl: string;
}
