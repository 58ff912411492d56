import type { MountPolicy, PasswordPolicy } from "#core/policy.js";

/** The contracts that a mount can name. */
export const contractNames = ["jwt", "account", "platform"] as const;
export type ContractName = (typeof contractNames)[number];

/** What a mount is where its configuration says nothing; durations and windows as they are written there. */
export interface ContractDefaults {
  readonly prefix: string;
  readonly sessionIdle: string;
  readonly sessionAbsolute: string;
  readonly passwords: PasswordPolicy;
  /** What a hardened mount asks instead (`specs/hardened.md`, row 14). */
  readonly hardenedPasswords: Partial<PasswordPolicy>;
  /** Requests per client address, by endpoint: `5 per 1 minute`. What is not named here is not limited. */
  readonly addressLimits: Readonly<Record<string, WrittenLimit>>;
}

export interface WrittenLimit {
  readonly limit: number;
  readonly per: string;
}

const aMinute = (limit: number): WrittenLimit => ({ limit, per: "1 minute" });

export const contractDefaults: Readonly<Record<ContractName, ContractDefaults>> = {
  jwt: {
    prefix: "/auth",
    sessionIdle: "7d",
    sessionAbsolute: "30d",
    passwords: {
      minimumLength: 12,
      maximumLength: 1_000,
      needsAllClasses: true,
      refusesCommon: true,
      refusesNumeric: false,
      refusesSimilar: false,
    },
    hardenedPasswords: { needsAllClasses: false, refusesSimilar: true },
    addressLimits: {
      register: aMinute(5),
      verify: aMinute(30),
      login: aMinute(10),
      refresh: { limit: 60, per: "1 hour" },
    },
  },
  account: {
    prefix: "/account",
    sessionIdle: "14d",
    sessionAbsolute: "30d",
    passwords: {
      minimumLength: 8,
      maximumLength: 1_000,
      needsAllClasses: false,
      refusesCommon: true,
      refusesNumeric: true,
      refusesSimilar: true,
    },
    hardenedPasswords: {},
    addressLimits: {
      register: aMinute(5),
      verify: aMinute(30),
      resend: aMinute(5),
      login: aMinute(10),
      guest: aMinute(10),
      "exchange-token": aMinute(30),
      "mobile-login": aMinute(30),
      forgot: aMinute(5),
      "forgot-verify": aMinute(30),
      reset: aMinute(10),
    },
  },
  platform: {
    // Below it, only paths that begin with a company code and a version are its own.
    prefix: "/",
    sessionIdle: "14d",
    sessionAbsolute: "30d",
    passwords: {
      minimumLength: 8,
      maximumLength: 1_000,
      needsAllClasses: false,
      refusesCommon: true,
      refusesNumeric: true,
      refusesSimilar: true,
    },
    hardenedPasswords: {},
    addressLimits: {
      signup: aMinute(5),
      login: aMinute(10),
      check: aMinute(30),
      resend: aMinute(5),
      recovery: aMinute(5),
      oauth: aMinute(10),
      captcha: aMinute(30),
      change: aMinute(30),
      signed: aMinute(600),
    },
  },
};

/** Addresses whose accounts nobody can delete by the API: the one that the source of the account contract names. */
export const protectedByDefault: MountPolicy["protectedEmails"] = ["admin@gmail.com"];
