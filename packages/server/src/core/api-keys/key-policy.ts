import type { Profile } from "../policy.js";

/** What the operator has laid down for one API key; kept as JSON, checked against `docs/operate/key-policy.schema.json`. */
export interface KeyPolicy {
  /** In place of the mount's. */
  readonly profile: Profile | undefined;
  readonly captcha: CaptchaPolicy;
  /** Whether critical changes of signed-in users need another proof. */
  readonly criticalChanges: boolean;
  readonly factors: FactorPolicy;
  readonly signUp: SignUpPolicy;
  readonly recovery: RecoveryPolicy;
  /** What signed requests may do. */
  readonly scopes: readonly Scope[];
  /** Addresses and CIDR ranges that may use the key; none named: all. */
  readonly addresses: readonly string[];
  readonly searchTypes: readonly SearchType[];
  /** Origins of web pages that may use the key. */
  readonly origins: readonly string[];
  /** Requests per client address, by endpoint name, in place of the mount's. Windows in milliseconds. */
  readonly limits: Readonly<Record<string, { readonly limit: number; readonly windowIn: number }>>;
  /** Of users and answers where nobody names another. */
  readonly language: string;
}

export interface CaptchaPolicy {
  /** The name of a captcha in the server's configuration; `altcha` is always there. */
  readonly provider: string;
  readonly flows: readonly CaptchaFlow[];
}

export type CaptchaFlow = "signup" | "login" | "recovery";

/** What a sign-in needs beside its first factor, for every user of the key. */
export interface FactorPolicy {
  /** A code, of users who can get one; a user may switch it on for himself in any case. */
  readonly otp: boolean;
  /** Letters of memorable words, of users who have set some. */
  readonly memorable: boolean;
  /** Whether users may set a control question. */
  readonly controlQuestion: boolean;
}

export interface SignUpPolicy {
  /** Whether a new user has to set a password before he is in. */
  readonly password: boolean;
}

export interface RecoveryPolicy {
  readonly methods: readonly RecoveryMethod[];
  /** One of `methods`. */
  readonly defaultMethod: RecoveryMethod;
  /** Where the mailed link leads, its token added as `#token=…`; `undefined`: a page of this server. */
  readonly linkTo: string | undefined;
}

export type RecoveryMethod = "PHONE" | "MAIL" | "QUESTION";
export type Scope = "users.read" | "users.write" | "users.status" | "search" | "members.validate" | "personal-data";
export type SearchType = "user" | "entry" | "session" | "event";

export const defaultKeyPolicy: KeyPolicy = {
  profile: undefined,
  captcha: { provider: "altcha", flows: [] },
  criticalChanges: true,
  factors: { otp: false, memorable: false, controlQuestion: false },
  signUp: { password: false },
  recovery: { methods: ["PHONE", "MAIL"], defaultMethod: "PHONE", linkTo: undefined },
  scopes: [],
  addresses: [],
  searchTypes: [],
  origins: [],
  limits: {},
  language: "en",
};
