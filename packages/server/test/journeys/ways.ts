import { beginnings, type SessionState, sessionStates } from "#core/sign-in/session-state.js";

/** How a session begins. */
export type Beginning = keyof typeof beginnings;
/** Where one is. */
export type Place = SessionState | "authorized" | "login";

/** Somebody, a client application, and the way that he alone can take with it; written down by hand, not computed. */
export interface Way {
  readonly begins: Beginning;
  /** Every state on it, and its end. */
  readonly through: readonly Place[];
  /** What he has, beside an e-mail and a phone. */
  readonly has: {
    readonly password?: true;
    readonly secondFactor?: true;
    readonly memorable?: true;
    readonly question?: true;
    readonly identity?: true;
  };
  /** What the key's policy asks for. */
  readonly asks?: "letters" | "new password";
  readonly method?: "PHONE" | "QUESTION";
  /** At a company that requires a disclaimer, which he has not accepted. */
  readonly isLegal?: true;
  readonly isHardened?: true;
  /** Not in the first step, as only a hardened mount lets him. */
  readonly acceptsLater?: true;
}

const password = true;
const secondFactor = true;
const memorable = true;

/** Together they take every edge of the diagram. */
export const ways: readonly Way[] = [
  { begins: "login", through: ["checkpassword", "authorized"], has: { password } },
  { begins: "login", through: ["checkpassword", "authorized"], has: { password }, isLegal: true },
  { begins: "login", through: ["checkpassword", "authorized"], has: { password }, isHardened: true },
  {
    begins: "login",
    through: ["checkpassword", "acceptdisclaimers", "authorized"],
    has: { password },
    isLegal: true,
    isHardened: true,
    acceptsLater: true,
  },
  { begins: "login", through: ["checkpassword", "checkotp", "authorized"], has: { password, secondFactor } },
  {
    begins: "login",
    through: ["checkpassword", "checkmemorable", "authorized"],
    has: { password, memorable },
    asks: "letters",
  },
  {
    begins: "login",
    through: ["checkpassword", "checkotp", "checkmemorable", "authorized"],
    has: { password, secondFactor, memorable },
    asks: "letters",
  },
  { begins: "login", through: ["checkotp", "authorized"], has: {} },
  { begins: "login", through: ["checkotp", "checkmemorable", "authorized"], has: { memorable }, asks: "letters" },
  { begins: "signup", through: ["signup-checkotp", "authorized"], has: {} },
  {
    begins: "signup",
    through: ["signup-checkotp", "signup-setpassword", "authorized"],
    has: {},
    asks: "new password",
    isLegal: true,
  },
  {
    begins: "recover",
    through: ["recovery-checkotp", "recovery-setpassword", "authorized"],
    has: { password },
    method: "PHONE",
  },
  {
    begins: "recover",
    through: ["recovery-checkotp", "recovery-setpassword", "checkotp", "acceptdisclaimers", "authorized"],
    has: { password, secondFactor },
    method: "PHONE",
    isLegal: true,
  },
  {
    begins: "recover",
    through: ["recovery-checkotp", "recovery-setpassword", "login"],
    has: { password, secondFactor },
    method: "PHONE",
    isHardened: true,
  },
  // For a day: the owner may stop it.
  {
    begins: "recover",
    through: ["recovery-checkquestion", "recovery-setpassword"],
    has: { password, question: true },
    method: "QUESTION",
  },
  {
    begins: "checklink",
    through: ["recovery-setpassword", "checkmemorable", "acceptdisclaimers", "authorized"],
    has: { password, memorable },
    asks: "letters",
    isLegal: true,
  },
  {
    begins: "checklink",
    through: ["recovery-setpassword", "acceptdisclaimers", "authorized"],
    has: { password },
    isLegal: true,
  },
  {
    begins: "checklink",
    through: ["recovery-setpassword", "checkotp", "checkmemorable", "authorized"],
    has: { password, secondFactor, memorable },
    asks: "letters",
  },
  { begins: "oauth", through: ["authorized"], has: { password, identity: true } },
  { begins: "oauth", through: ["acceptdisclaimers", "authorized"], has: { password, identity: true }, isLegal: true },
];

/** As in `checkpassword > checkotp`. */
export const edge = (from: string, to: string): string => `${from} > ${to}`;

/** Every edge of the diagram. */
export const edges: readonly string[] = [
  ...Object.entries(beginnings).flatMap(([from, places]) => places.map((to) => edge(from, to))),
  ...Object.entries(sessionStates).flatMap(([from, { next }]) => next.map((to) => edge(from, to))),
];
