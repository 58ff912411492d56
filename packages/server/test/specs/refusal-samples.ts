import { Refusal, type RefusalCode, type Refusals } from "#core/refusal.js";
import type { WireCode, WireRefusals } from "#http/wire-refusal.js";

type Samples<Codes> = { readonly [Code in keyof Codes]: readonly Codes[Code][] };

/** Every refusal with details that show all the answers it has. */
const refusals: Samples<Refusals> = {
  "identifier-taken": [{ kind: "email" }, { kind: "username" }, { kind: "external" }],
  "identifier-unknown": [{ kind: "email" }],
  "identifier-invalid": [{ kind: "email" }, { kind: "username" }],
  "password-unacceptable": [
    {
      failures: [
        { rule: "too-short", minimum: 8 },
        { rule: "too-long", maximum: 1000 },
        { rule: "too-common" },
        { rule: "entirely-numeric" },
        { rule: "too-similar", to: "email" },
        { rule: "too-similar", to: "fullname" },
      ],
    },
  ],
  "factor-wrong": [
    { factor: "password", accountId: "a" },
    { factor: "code", accountId: "a" },
    { factor: "backup-code", accountId: "a" },
    { factor: "memorable", accountId: "a" },
    { factor: "control-answer", accountId: "a" },
  ],
  "factor-missing": [{ factor: "password", accountId: "a" }],
  "factor-locked": [{ factor: "password" }],
  "account-inactive": [
    { status: "restricted", accountId: "a" },
    { status: "closed", accountId: "a" },
    { status: "denied", accountId: "a" },
    { status: "deleted", accountId: "a" },
  ],
  "account-changed": [{ accountId: "a" }],
  "account-unknown": [{ accountId: "a" }],
  "account-status": [{ status: "closed", accountId: "a" }],
  "identifier-lost": [{ kind: "email", accountId: "a" }],
  "token-missing": [{}],
  "token-invalid": [{ reason: "signature" }],
  "token-expired": [{ sessionId: "s" }],
  "session-ended": [{ sessionId: "s", reason: "signed-out" }],
  "refresh-token-reused": [{ sessionId: "s", accountId: "a" }],
  "link-invalid": [{ purpose: "reset-password" }],
  "account-suspended": [{ status: "restricted", accountId: "a" }],
  "key-not-allowed": [{ reason: "guest", accountId: "a" }],
  "account-gone": [{ accountId: "a" }],
  "account-protected": [{ accountId: "a" }],
  "current-password-wrong": [{ reason: "absent", failures: [], accountId: "a" }],
  "registration-unknown": [{ reason: "absent" }],
  "code-unknown": [{ purpose: "recovery", reason: "absent" }],
  "code-expired": [{ purpose: "registration" }],
  "code-wrong": [{ purpose: "registration", wasEvaluated: true }],
  "sending-limited": [{ retryIn: 60 }],
  "identifier-not-made": [{}],
  "handoff-unknown": [{ reason: "absent" }],
  "handoff-unbound": [{ handoffId: "h" }],
  "handoff-account-gone": [{ accountId: "a" }],
  "handoff-refused": [{ reason: "redirect" }],
  "provider-failed": [{ provider: "p", reason: "state" }],
  "realm-unknown": [{ company: "nobody" }],
  "api-key-missing": [{}],
  "api-key-invalid": [{ reason: "unknown" }],
  "access-restricted": [{ reason: "scope", keyId: "k" }],
  "authorization-invalid": [{ reason: "form" }],
  "signature-invalid": [
    { reason: "header", keyId: "k" },
    { reason: "mismatch", keyId: "k", canonical: "POST" },
  ],
  "signature-expired": [{ offBy: 301, keyId: "k" }],
  "captcha-missing": [{}],
  "captcha-invalid": [{ reason: "used" }],
  "session-state-wrong": [{ state: "checkotp", request: "checkpassword" }],
  "disclaimer-not-accepted": [{ codes: ["terms"] }],
  "identity-unknown": [{ provider: "p" }],
  "recovery-not-possible": [
    { reason: "phone-not-set" },
    { reason: "email-not-set" },
    { reason: "question-not-set" },
    { reason: "method-restricted" },
  ],
  "link-expired": [{ purpose: "recover" }],
  "object-unknown": [{ kind: "user" }],
  "rate-exceeded": [{ limit: { limit: 5, windowIn: 60_000 }, retryIn: 7 }],
  overloaded: [{ retryIn: 1 }],
  "store-unavailable": [{ retryIn: 1, during: "read" }],
};

const wireRefusals: Samples<WireRefusals> = {
  "not-found": [{}],
  "method-not-allowed": [{ method: "PUT", allow: ["GET", "HEAD"] }],
  "body-too-large": [{ limit: 65_536 }],
  "type-unsupported": [{ type: "text/plain" }],
  "body-invalid": [
    { syntax: "json", fault: "not JSON" },
    { syntax: "form", fault: "not a form" },
  ],
  "body-not-object": [{}],
};

/** How a contract speaks. */
export interface Speech<Told> {
  refusal<C extends RefusalCode>(refusal: Refusal<C>): Told;
  wire<C extends WireCode>(code: C, details: WireRefusals[C]): Told;
}

/** A refusal, and how a contract speaks it. */
export interface SpokenRefusal<Told> {
  readonly code: string;
  readonly answer: Told;
}

/** Every refusal with every answer it has in a contract. */
export function spokenRefusals<Told>(speech: Speech<Told>): readonly SpokenRefusal<Told>[] {
  const speak = <C extends RefusalCode>(code: C): readonly SpokenRefusal<Told>[] =>
    refusals[code].map((details) => ({ code, answer: speech.refusal(new Refusal(code, details)) }));
  const speakWire = <C extends WireCode>(code: C): readonly SpokenRefusal<Told>[] =>
    wireRefusals[code].map((details) => ({ code, answer: speech.wire(code, details) }));
  // The keys of total maps: codes, all of them.
  const codes = Object.keys(refusals) as readonly RefusalCode[];
  const wireCodes = Object.keys(wireRefusals) as readonly WireCode[];
  return [...wireCodes.flatMap(speakWire), ...codes.flatMap(speak)];
}
