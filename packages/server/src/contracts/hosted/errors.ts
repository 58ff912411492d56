import type { Refusals } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import type { WireRefusals } from "#http/wire-refusal.js";
import { messages } from "./messages.js";
import { page } from "./page.js";

type Rows<Codes> = { readonly [Code in keyof Codes]: (details: Codes[Code]) => Answer };

const alert = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  page({ status, texts: [text], role: "alert", headers });
/** Nothing on a hosted page runs into these. */
const unspoken = (): Answer => alert(500, messages.internalError);
const unavailable = ({ retryIn }: { readonly retryIn: number }): Answer =>
  alert(503, messages.unavailable, { "retry-after": String(retryIn) });

/** How the hosted pages speak each refusal of the core. */
export const refusalRows: Rows<Refusals> = {
  "link-invalid": () => alert(400, messages.linkInvalid),
  "rate-exceeded": ({ retryIn }) => alert(429, messages.rateLimitExceeded, { "retry-after": String(retryIn) }),
  overloaded: unavailable,
  "store-unavailable": unavailable,
  "password-unacceptable": unspoken,
  "identifier-taken": unspoken,
  "identifier-unknown": unspoken,
  "identifier-invalid": unspoken,
  "factor-wrong": unspoken,
  "factor-missing": unspoken,
  "factor-locked": unspoken,
  "account-inactive": unspoken,
  "account-changed": unspoken,
  "account-unknown": unspoken,
  "account-status": unspoken,
  "identifier-lost": unspoken,
  "token-missing": unspoken,
  "token-invalid": unspoken,
  "token-expired": unspoken,
  "session-ended": unspoken,
  "refresh-token-reused": unspoken,
  "account-suspended": unspoken,
  "key-not-allowed": unspoken,
  "account-gone": unspoken,
  "account-protected": unspoken,
  "current-password-wrong": unspoken,
  "registration-unknown": unspoken,
  "code-unknown": unspoken,
  "code-expired": unspoken,
  "code-wrong": unspoken,
  "sending-limited": unspoken,
  "identifier-not-made": unspoken,
  "handoff-unknown": unspoken,
  "handoff-unbound": unspoken,
  "handoff-account-gone": unspoken,
  "handoff-refused": unspoken,
  "provider-failed": unspoken,
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

/** How they speak what HTTP itself refuses; outside the pages there is no reader, so these are JSON. */
export const wireRows: Rows<WireRefusals> = {
  "not-found": () => ({ status: 404, body: { message: messages.notFound } }),
  "method-not-allowed": ({ allow }) => ({
    status: 405,
    headers: { allow: allow.join(", ") },
    body: { message: messages.methodNotAllowed },
  }),
  "body-too-large": () => ({ status: 413, body: { message: messages.bodyTooLarge } }),
  "type-unsupported": () => ({ status: 415, body: { message: messages.contentTypeNotForm } }),
  "body-invalid": () => ({ status: 400, body: { message: messages.contentTypeNotForm } }),
  "body-not-object": () => ({ status: 400, body: { message: messages.contentTypeNotForm } }),
};

export const speakFault = unspoken;
