import type { Profile } from "#core/policy.js";
import type { PasswordFailure, Refusal, RefusalCode, Refusals } from "#core/refusal.js";
import type { WireCode, WireRefusals } from "#http/wire-refusal.js";
import type { ErrorRow, FieldRow } from "./envelope.js";
import { messages, passwordTexts, type Text } from "./messages.js";

/** Where something was refused: the same reason is told in another way at another endpoint, or under another profile. */
export interface Where {
  /** Absent when none was reached. */
  readonly endpoint: string | undefined;
  readonly profile: Profile;
}

type Rows<Codes> = { readonly [Code in keyof Codes]: (details: Codes[Code], where: Where) => ErrorRow };

const invalid = (fields: readonly FieldRow[]): ErrorRow => ({
  status: 400,
  code: "validation_error",
  message: messages.validationErrors,
  fields,
});

const invalidField = (field: string, message: Text): ErrorRow => invalid([{ field, message }]);
const passwordRows = (failures: readonly PasswordFailure[]): readonly FieldRow[] =>
  passwordTexts(failures).map((message) => ({ field: "password", message }));
const cannotLogIn = (): ErrorRow => invalidField("non_field_errors", messages.cannotLogIn);
const unauthenticated = (code: string, message: Text): ErrorRow => ({
  status: 401,
  code,
  message,
  headers: { "www-authenticate": "Token" },
});
const invalidToken = (): ErrorRow => unauthenticated("authentication_failed", messages.invalidToken);
const permissionDenied = (): ErrorRow => ({
  status: 403,
  code: "permission_denied",
  message: messages.permissionDenied,
});
const throttled = ({ retryIn }: { readonly retryIn: number }): ErrorRow => ({
  status: 429,
  code: "throttled",
  message: messages.throttled(seconds(retryIn)),
  headers: { "retry-after": String(seconds(retryIn)) },
});
const unavailable = ({ retryIn }: { readonly retryIn: number }): ErrorRow => ({
  status: 503,
  code: "service_unavailable",
  message: messages.unavailable,
  headers: { "retry-after": String(seconds(retryIn)) },
});
// RFC 9110 section 15.3.5: a 204 has no content, so that the text stands in a header, where only ASCII is safe.
const silence: ErrorRow = {
  status: 204,
  code: "",
  message: messages.cannotLogIn,
  headers: { "x-error-message": messages.cannotLogIn.en },
};
/** A fault. */
export const serverError = (): ErrorRow => ({ status: 500, code: "server_error", message: messages.serverError });
/** Only commands, other contracts and the hosted pages run into these; over this wire they would be a fault. */
const unspoken = serverError;

/** How this contract speaks each refusal of the core. */
const refusalRows: Rows<Refusals> = {
  "identifier-taken": () => invalidField("email", messages.emailTaken),
  "identifier-unknown": (_details, { profile }) =>
    profile === "hardened" ? cannotLogIn() : invalidField("email", messages.emailUnknown),
  "identifier-invalid": () => invalidField("email", messages.invalidEmail),
  "password-unacceptable": ({ failures }) => invalid(passwordRows(failures)),
  "factor-wrong": (_details, { profile }) =>
    profile === "hardened" ? cannotLogIn() : invalidField("password", messages.passwordIncorrect),
  "factor-missing": cannotLogIn,
  "factor-locked": cannotLogIn,
  "account-inactive": cannotLogIn,
  "account-changed": cannotLogIn,
  "account-unknown": unspoken,
  "account-status": unspoken,
  "identifier-lost": unspoken,
  "token-missing": (_details, { endpoint }) =>
    endpoint === "exchange-token"
      ? { status: 400, code: "token_missing", message: messages.tempTokenMissing }
      : unauthenticated("not_authenticated", messages.notAuthenticated),
  "token-invalid": invalidToken,
  "token-expired": invalidToken,
  "session-ended": invalidToken,
  "refresh-token-reused": invalidToken,
  "link-invalid": unspoken,
  "account-suspended": permissionDenied,
  "key-not-allowed": permissionDenied,
  "account-gone": () => ({ status: 404, code: "not_found", message: messages.userGone }),
  "account-protected": (_details, { profile }) => (profile === "hardened" ? permissionDenied() : silence),
  "current-password-wrong": ({ failures }) =>
    invalid([...passwordRows(failures), { field: "old_password", message: messages.oldPasswordIncorrect }]),
  "registration-unknown": (_details, { endpoint }) =>
    invalidField(endpoint === "resend" ? "email" : "code", messages.verificationUnknown),
  "code-unknown": () => invalidField("code", messages.verificationUnknown),
  "code-expired": ({ purpose }, where) => invalidField("code", codeText(purpose, where, messages.codeExpired)),
  "code-wrong": ({ purpose }, where) => invalidField("code", codeText(purpose, where, messages.codeWrong)),
  "sending-limited": throttled,
  "identifier-not-made": () => invalidField("device_id", messages.webDeviceIdRequired),
  "handoff-unknown": () => ({ status: 404, code: "token_not_found", message: messages.tempTokenUnknown }),
  "handoff-unbound": () => ({ status: 400, code: "token_invalid", message: messages.tempTokenUnbound }),
  "handoff-account-gone": () => ({ status: 404, code: "user_not_found", message: messages.userNotFound }),
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
  "rate-exceeded": throttled,
  overloaded: unavailable,
  "store-unavailable": unavailable,
};

/** How this contract speaks what HTTP itself refuses. */
const wireRows: Rows<WireRefusals> = {
  "not-found": () => ({ status: 404, code: "not_found", message: messages.notFound }),
  "method-not-allowed": ({ method, allow }) => ({
    status: 405,
    code: "method_not_allowed",
    message: messages.methodNotAllowed(method),
    headers: { allow: allow.join(", ") },
  }),
  "body-too-large": ({ limit }) => ({
    status: 413,
    code: "payload_too_large",
    message: messages.bodyTooLarge(limit),
  }),
  "type-unsupported": ({ type }) => ({
    status: 415,
    code: "unsupported_media_type",
    message: messages.unsupportedMediaType(type),
  }),
  "body-invalid": ({ syntax, fault }) => ({
    status: 400,
    code: "parse_error",
    message: syntax === "json" ? messages.parseError(fault) : messages.formParseError(fault),
  }),
  "body-not-object": () => invalidField("non_field_errors", messages.notAnObject),
};

export const refusalRow = <C extends RefusalCode>(refusal: Refusal<C>, where: Where): ErrorRow =>
  refusalRows[refusal.code](refusal.details, where);

export const wireRow = <C extends WireCode>(code: C, details: WireRefusals[C], where: Where): ErrorRow =>
  wireRows[code](details, where);

// A recovery never tells what is wrong with its code; a registration does, unless the profile is hardened.
const codeText = (purpose: string, { profile }: Where, text: Text): Text =>
  purpose === "registration" && profile === "contract" ? text : messages.verificationUnknown;

const seconds = (retryIn: number): number => Math.max(1, Math.ceil(retryIn));
