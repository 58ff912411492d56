import { Refusal, type RefusalCode, type Refusals } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { type WireCode, WireRefusal } from "#http/wire-refusal.js";
import type { PageLanguage } from "../hosted/layout.js";
import { type MobileWords, mobileWords } from "./mobile-messages.js";
import { endPage } from "./mobile-page.js";

/** How a page tells a refusal. */
export interface PageError {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** In which words, and how providers are called on their buttons. */
export interface PageVoice {
  readonly words: MobileWords;
  readonly titleOf: (provider: string) => string;
}

type Rows<Codes> = { readonly [Code in keyof Codes]: (voice: PageVoice, details: Codes[Code]) => PageError };

// One text for everything that is wrong with a sign-in: who has an account here is nobody's business.
const credentials = ({ words }: PageVoice): PageError => ({ status: 400, text: words.credentialsWrong });
const dead = ({ words }: PageVoice): PageError => ({ status: 400, text: words.codeDead });
const busy = ({ words }: PageVoice, { retryIn }: { readonly retryIn: number }): PageError => ({
  status: 503,
  text: words.busy,
  headers: retryAfter(retryIn),
});
/** Nothing on these pages runs into them. */
const unspoken = ({ words }: PageVoice): PageError => ({ status: 500, text: words.fault });

const retryAfter = (seconds: number) => ({ "retry-after": String(seconds) });

/** How the pages of a hand-off speak each refusal of the core. */
const refusalRows: Rows<Refusals> = {
  "identifier-unknown": credentials,
  "factor-wrong": credentials,
  "factor-missing": credentials,
  "factor-locked": credentials,
  "account-inactive": ({ words }) => ({ status: 403, text: words.accountInactive }),
  "account-changed": ({ words }) => ({ status: 400, text: words.changedMeanwhile }),
  "identifier-taken": ({ words }) => ({ status: 400, text: words.changedMeanwhile }),
  "handoff-unknown": ({ words }) => ({ status: 400, text: words.handoffOver }),
  "handoff-refused": ({ words }, { reason }) =>
    reason === "another-site" ? { status: 403, text: words.formRefused } : { status: 400, text: words.requestRefused },
  "provider-failed": ({ words, titleOf }, { provider }) => ({
    status: 400,
    text: words.providerFailed(titleOf(provider)),
  }),
  "code-wrong": (voice, { wasEvaluated }) =>
    wasEvaluated ? { status: 400, text: voice.words.codeWrong } : dead(voice),
  "code-expired": dead,
  "code-unknown": dead,
  "sending-limited": ({ words }, { retryIn }) => ({
    status: 429,
    text: words.sendingLimited(retryIn),
    headers: retryAfter(retryIn),
  }),
  "rate-exceeded": ({ words }, { retryIn }) => ({ status: 429, text: words.tooMany, headers: retryAfter(retryIn) }),
  overloaded: busy,
  "store-unavailable": busy,
  "identifier-invalid": unspoken,
  "password-unacceptable": unspoken,
  "account-unknown": unspoken,
  "account-status": unspoken,
  "identifier-lost": unspoken,
  "token-missing": unspoken,
  "token-invalid": unspoken,
  "token-expired": unspoken,
  "session-ended": unspoken,
  "refresh-token-reused": unspoken,
  "link-invalid": unspoken,
  "account-suspended": unspoken,
  "key-not-allowed": unspoken,
  "account-gone": unspoken,
  "account-protected": unspoken,
  "current-password-wrong": unspoken,
  "registration-unknown": unspoken,
  "identifier-not-made": unspoken,
  "handoff-unbound": unspoken,
  "handoff-account-gone": unspoken,
  "realm-unknown": unspoken,
  "api-key-missing": unspoken,
  "api-key-invalid": unspoken,
  "access-restricted": unspoken,
  "authorization-invalid": unspoken,
  "signature-invalid": unspoken,
  "signature-expired": unspoken,
  "captcha-missing": unspoken,
  "captcha-invalid": unspoken,
  "session-state-wrong": unspoken,
  "disclaimer-not-accepted": unspoken,
  "identity-unknown": unspoken,
  "recovery-not-possible": unspoken,
  "link-expired": unspoken,
  "object-unknown": unspoken,
};

/** What a page says of anything that was thrown. */
export const pageErrorOf = (failure: unknown, voice: PageVoice): PageError => {
  if (failure instanceof Refusal) return rowOf(failure, voice);
  if (failure instanceof WireRefusal) return { status: wireStatus(failure.code), text: voice.words.requestRefused };
  return unspoken(voice);
};

const rowOf = <C extends RefusalCode>({ code, details }: Refusal<C>, voice: PageVoice): PageError =>
  refusalRows[code](voice, details);

const wireStatus = (code: WireCode): number => {
  if (code === "type-unsupported") return 415;
  return code === "body-too-large" ? 413 : 400;
};

/** The page on which nothing goes on. */
export const speakOnPage = (failure: unknown, language: PageLanguage): Answer => {
  const { status, ...told } = pageErrorOf(failure, { words: mobileWords[language], titleOf: (provider) => provider });
  return endPage(status, language, told);
};
