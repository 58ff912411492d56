import type {
  AccountStatus,
  Factor,
  PasswordFailure,
  RecoveryObstacle,
  Refusal,
  RefusalCode,
  Refusals,
} from "#core/refusal.js";
import type { WireCode, WireRefusals } from "#http/wire-refusal.js";
import { type ErrorCode, passwordTexts, type Text } from "./messages.js";

/** How something is refused: a row of the page's table, and what this request adds to it. */
export interface ErrorRow {
  readonly code: ErrorCode;
  /** The fields at fault. */
  readonly fields?: readonly FieldRow[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Members beside those that every error has. */
  readonly members?: Readonly<Record<string, string>>;
}

export interface FieldRow {
  readonly field: string;
  readonly message: Text;
}

/** Where something was refused. */
export interface Where {
  /** Absent when none was reached. */
  readonly endpoint: string | undefined;
}

/** The status of each code, as the source has it; then the additions. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  "auth.apikey.missing": 401,
  "auth.apikey.invalid": 401,
  "auth.header.missing": 401,
  "auth.header.invalid": 401,
  "auth.token.expired": 401,
  "auth.token.invalid": 401,
  "auth.signature.invalid": 401,
  "auth.signature.expired": 401,
  "auth.captcha.missing": 401,
  "auth.captcha.invalid": 401,
  "auth.session.invalid": 401,
  "auth.password.invalid": 401,
  "auth.otp.invalid": 401,
  "auth.backupcode.invalid": 401,
  "auth.memorable.invalid": 401,
  "auth.controlanswer.invalid": 401,
  "auth.disclaimer.invalid": 401,
  "auth.oauth.failed": 401,
  "auth.user.restricted": 403,
  "auth.user.closed": 403,
  "auth.user.denied": 403,
  "auth.restricted": 403,
  "recovery.question.notset": 403,
  "recovery.phone.notset": 403,
  "recovery.email.notset": 403,
  "recovery.method.restricted": 403,
  "profile.identifier.used": 403,
  "profile.identifier.invalid": 403,
  "oauth.identifier.used": 403,
  "object.limit.exceeded": 403,
  "critical.auth.required": 403,
  "member.data.invalid": 403,
  "search.type.restricted": 403,
  "auth.oauth.notfound": 404,
  "auth.loginid.notfound": 404,
  "object.id.notfound": 404,
  "request.validation.failed": 422,

  "route.notfound": 404,
  "request.method.notallowed": 405,
  "request.body.toolarge": 413,
  "request.type.unsupported": 415,
  "request.rate.exceeded": 429,
  "server.error": 500,
  "server.unavailable": 503,
};

type Rows<Codes> = { readonly [Code in keyof Codes]: (details: Codes[Code], where: Where) => ErrorRow };

const row = (code: ErrorCode) => (): ErrorRow => ({ code });

const later =
  (code: "request.rate.exceeded" | "server.unavailable") =>
  ({ retryIn }: { readonly retryIn: number }): ErrorRow => ({
    code,
    headers: { "retry-after": String(Math.max(1, Math.ceil(retryIn))) },
  });

const wrongFactor = ({ factor }: { readonly factor: Factor }): ErrorRow => ({ code: factorCodes[factor] });

const factorCodes = {
  password: "auth.password.invalid",
  code: "auth.otp.invalid",
  "backup-code": "auth.backupcode.invalid",
  memorable: "auth.memorable.invalid",
  "control-answer": "auth.controlanswer.invalid",
} as const satisfies Readonly<Record<Factor, ErrorCode>>;

const inactive = ({ status }: { readonly status: AccountStatus }): ErrorRow => ({ code: statusCodes[status] });

// Of an active account nothing is refused for its status: that would be a fault.
const statusCodes = {
  active: "server.error",
  restricted: "auth.user.restricted",
  closed: "auth.user.closed",
  denied: "auth.user.denied",
  deleted: "auth.token.invalid",
} as const satisfies Readonly<Record<AccountStatus, ErrorCode>>;

const obstacleCodes = {
  "phone-not-set": "recovery.phone.notset",
  "email-not-set": "recovery.email.notset",
  "question-not-set": "recovery.question.notset",
  "method-restricted": "recovery.method.restricted",
} as const satisfies Readonly<Record<RecoveryObstacle, ErrorCode>>;

const weakPassword = (failures: readonly PasswordFailure[], { endpoint }: Where): ErrorRow => {
  const field = endpoint === "user-password" ? "new_password" : "password";
  return {
    code: "request.validation.failed",
    fields: passwordTexts(failures).map((message) => ({ field, message })),
  };
};

/** Seconds for which a caller is asked to wait where only a recovery opens the factor again. */
const untilRecovered = 86_400;

/** A fault. */
export const serverError = row("server.error");
/** Only commands and other contracts run into these; over this wire they would be a fault. */
const unspoken = serverError;

/** How this contract speaks each refusal of the core. */
const refusalRows: Rows<Refusals> = {
  "identifier-taken": ({ kind }) => ({
    code: kind === "external" ? "oauth.identifier.used" : "profile.identifier.used",
  }),
  "identifier-unknown": row("auth.loginid.notfound"),
  "identifier-invalid": row("profile.identifier.invalid"),
  "password-unacceptable": ({ failures }, where) => weakPassword(failures, where),
  "factor-wrong": wrongFactor,
  "factor-missing": wrongFactor,
  "factor-locked": ({ retryIn = untilRecovered }) => later("request.rate.exceeded")({ retryIn }),
  "account-inactive": inactive,
  "account-changed": row("auth.session.invalid"),
  "account-unknown": row("object.id.notfound"),
  "account-status": unspoken,
  "identifier-lost": unspoken,
  "token-missing": row("auth.header.missing"),
  "token-invalid": row("auth.token.invalid"),
  "token-expired": row("auth.token.expired"),
  "session-ended": row("auth.token.invalid"),
  "refresh-token-reused": unspoken,
  "link-invalid": row("auth.token.invalid"),
  "account-suspended": inactive,
  "key-not-allowed": unspoken,
  "account-gone": row("auth.token.invalid"),
  "account-protected": unspoken,
  "current-password-wrong": row("auth.password.invalid"),
  "registration-unknown": row("auth.otp.invalid"),
  "code-unknown": row("auth.otp.invalid"),
  "code-expired": row("auth.otp.invalid"),
  "code-wrong": row("auth.otp.invalid"),
  "sending-limited": later("request.rate.exceeded"),
  "identifier-not-made": unspoken,
  "handoff-unknown": row("auth.oauth.failed"),
  "handoff-unbound": unspoken,
  "handoff-account-gone": unspoken,
  "handoff-refused": row("auth.oauth.failed"),
  "provider-failed": row("auth.oauth.failed"),
  "realm-unknown": row("object.id.notfound"),
  "api-key-missing": row("auth.apikey.missing"),
  "api-key-invalid": row("auth.apikey.invalid"),
  "access-restricted": row("auth.restricted"),
  "authorization-invalid": row("auth.header.invalid"),
  "signature-invalid": ({ canonical }) => ({
    code: "auth.signature.invalid",
    ...(canonical === undefined ? {} : { members: { canonical } }),
  }),
  "signature-expired": row("auth.signature.expired"),
  "captcha-missing": row("auth.captcha.missing"),
  "captcha-invalid": row("auth.captcha.invalid"),
  "session-state-wrong": row("auth.session.invalid"),
  "disclaimer-not-accepted": row("auth.disclaimer.invalid"),
  "identity-unknown": row("auth.oauth.notfound"),
  "recovery-not-possible": ({ reason }) => ({ code: obstacleCodes[reason] }),
  "link-expired": row("auth.token.expired"),
  "object-unknown": row("object.id.notfound"),
  "rate-exceeded": later("request.rate.exceeded"),
  overloaded: later("server.unavailable"),
  "store-unavailable": later("server.unavailable"),
};

/** How this contract speaks what HTTP itself refuses. */
const wireRows: Rows<WireRefusals> = {
  "not-found": row("route.notfound"),
  "method-not-allowed": ({ allow }) => ({ code: "request.method.notallowed", headers: { allow: allow.join(", ") } }),
  "body-too-large": row("request.body.toolarge"),
  "type-unsupported": row("request.type.unsupported"),
  "body-invalid": row("request.validation.failed"),
  "body-not-object": row("request.validation.failed"),
};

export const refusalRow = <C extends RefusalCode>(refusal: Refusal<C>, where: Where): ErrorRow =>
  refusalRows[refusal.code](refusal.details, where);

export const wireRow = <C extends WireCode>(code: C, details: WireRefusals[C], where: Where): ErrorRow =>
  wireRows[code](details, where);
