/** What a session that is not authorized waits for (`specs/platform.md`, "Session states"). */
export type SessionState =
  | "checkpassword"
  | "checkotp"
  | "checkmemorable"
  | "acceptdisclaimers"
  | "signup-checkotp"
  | "signup-setpassword"
  | "recovery-checkotp"
  | "recovery-checkquestion"
  | "recovery-setpassword";

/** What a session may be asked. `logout` ends it in any state. */
export type SessionRequest = SessionState | "resendotp" | "logout";

export interface StateRule {
  /** The only requests that it takes. */
  readonly takes: readonly SessionRequest[];
  /** Where a right answer may lead. `login`: over, and to be begun anew (`hardened`). */
  readonly next: readonly (SessionState | "authorized" | "login")[];
}

/** The one table: the endpoint of a state, what follows, and the diagram of the documentation come from it. */
export const sessionStates: Readonly<Record<SessionState, StateRule>> = {
  checkpassword: {
    takes: ["checkpassword", "logout"],
    next: ["checkotp", "checkmemorable", "acceptdisclaimers", "authorized"],
  },
  checkotp: {
    takes: ["checkotp", "resendotp", "logout"],
    next: ["checkmemorable", "acceptdisclaimers", "authorized"],
  },
  checkmemorable: {
    takes: ["checkmemorable", "logout"],
    next: ["acceptdisclaimers", "authorized"],
  },
  acceptdisclaimers: { takes: ["acceptdisclaimers", "logout"], next: ["authorized"] },
  "signup-checkotp": {
    takes: ["signup-checkotp", "resendotp", "logout"],
    next: ["signup-setpassword", "authorized"],
  },
  "signup-setpassword": { takes: ["signup-setpassword", "logout"], next: ["authorized"] },
  "recovery-checkotp": {
    takes: ["recovery-checkotp", "resendotp", "logout"],
    next: ["recovery-setpassword"],
  },
  "recovery-checkquestion": { takes: ["recovery-checkquestion", "logout"], next: ["recovery-setpassword"] },
  "recovery-setpassword": {
    takes: ["recovery-setpassword", "logout"],
    next: ["checkotp", "checkmemorable", "acceptdisclaimers", "authorized", "login"],
  },
};

/** Whether an answer in this state can be guessed, and so costs a try before it is looked at. */
export const costsTry = (state: SessionState): boolean =>
  state !== "acceptdisclaimers" && state !== "signup-setpassword" && state !== "recovery-setpassword";

/** Where a session begins. */
export const beginnings = {
  login: ["checkpassword", "checkotp"],
  signup: ["signup-checkotp"],
  oauth: ["acceptdisclaimers", "authorized"],
  recover: ["recovery-checkotp", "recovery-checkquestion"],
  checklink: ["recovery-setpassword"],
} as const satisfies Readonly<Record<string, readonly (SessionState | "authorized")[]>>;
