import type { RateLimit, Refusal, RefusalCode, Refusals } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import type { WireCode, WireRefusals } from "#http/wire-refusal.js";
import { errorAnswer } from "./envelope.js";
import { messages } from "./messages.js";

type Rows<Codes> = { readonly [Code in keyof Codes]: (details: Codes[Code]) => Answer };

const challenge = { "www-authenticate": "Bearer" };
const tokenChallenge = { "www-authenticate": 'Bearer error="invalid_token"' };
const invalidCredentials = (): Answer => errorAnswer(401, messages.invalidCredentials, challenge);
const invalidToken = (): Answer => errorAnswer(401, messages.invalidToken, tokenChallenge);
const unavailable = ({ retryIn }: { readonly retryIn: number }): Answer =>
  errorAnswer(503, messages.unavailable, { "retry-after": String(retryIn) });
/** Only commands run into these; over this wire they would be a fault. */
const unspoken = (): Answer => errorAnswer(500, messages.internalError);

/** How this contract speaks each refusal of the core. */
const refusalRows: Rows<Refusals> = {
  "rate-exceeded": ({ limit, retryIn }) => ({
    status: 429,
    headers: { "retry-after": String(retryIn) },
    // In the order of the page, for whoever compares texts.
    body: { error: messages.tooManyRequests, message: messages.rateLimitExceeded, rate_limit: limitInWords(limit) },
  }),
  "identifier-invalid": ({ kind }) =>
    errorAnswer(400, kind === "email" ? messages.invalidEmail : messages.invalidUsername),
  "password-unacceptable": () => errorAnswer(400, messages.weakPassword),
  "identifier-taken": ({ kind }) => errorAnswer(400, kind === "email" ? messages.emailTaken : messages.usernameTaken),
  "identifier-unknown": invalidCredentials,
  "factor-wrong": invalidCredentials,
  "factor-missing": invalidCredentials,
  "factor-locked": invalidCredentials,
  "account-inactive": invalidCredentials,
  "account-changed": invalidCredentials,
  "token-missing": () => errorAnswer(401, messages.tokenMissing, challenge),
  "token-expired": () => errorAnswer(401, messages.tokenExpired, tokenChallenge),
  "token-invalid": invalidToken,
  "session-ended": invalidToken,
  "refresh-token-reused": invalidToken,
  overloaded: unavailable,
  "store-unavailable": unavailable,
  "account-unknown": unspoken,
  "account-status": unspoken,
  "identifier-lost": unspoken,
  "link-invalid": () => errorAnswer(400, messages.invalidToken),
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

/** How this contract speaks what HTTP itself refuses. */
const wireRows: Rows<WireRefusals> = {
  "not-found": () => errorAnswer(404, messages.notFound),
  "method-not-allowed": ({ allow }) => errorAnswer(405, messages.methodNotAllowed, { allow: allow.join(", ") }),
  "body-too-large": () => errorAnswer(413, messages.bodyTooLarge),
  "type-unsupported": () => errorAnswer(415, messages.contentTypeNotJson),
  "body-invalid": () => errorAnswer(400, messages.bodyNotJson),
  "body-not-object": () => errorAnswer(400, messages.bodyNotJson),
};

export const speakRefusal = <C extends RefusalCode>(refusal: Refusal<C>): Answer =>
  refusalRows[refusal.code](refusal.details);

/** A hardened mount says in a member of its own which rules a password breaks (`specs/hardened.md`, row 14). */
export const speakWeakPassword = ({ details }: Refusal<"password-unacceptable">): Answer => ({
  status: 400,
  body: { message: messages.weakPassword, reasons: details.failures.map(({ rule }) => rule) },
});

export const speakWireRefusal = <C extends WireCode>(code: C, details: WireRefusals[C]): Answer =>
  wireRows[code](details);

/** A fault, or a store that fails inside the attempt, at an endpoint. */
export const speakFault = (endpoint: string | undefined): Answer =>
  errorAnswer(500, endpoint === "register" ? messages.registrationFailed : messages.internalError);

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

const limitInWords = ({ limit, windowIn }: RateLimit): string => {
  const [unit, length] = units.find(([, size]) => windowIn % size === 0) ?? ["second", 1000];
  const count = windowIn / length;
  return `${limit} per ${count} ${unit}${count === 1 ? "" : "s"}`;
};
