import type { Disclaimer } from "#core/disclaimers/disclaimer.js";
import type { Instant } from "#core/ids.js";
import type { NextStep, SignInProgress } from "#core/sign-in/sign-in-progress.js";
import type { Answer } from "#http/answer.js";
import type { InvalidField } from "#http/invalid-fields.js";
import { type ErrorRow, statusOf } from "./errors.js";
import { messages } from "./messages.js";
import type { Language } from "./platform-request.js";
import { rfc3339, userOf } from "./user-view.js";

/** `{"status":"success",…}`, 200. */
export const success = (members: object = {}): Answer => ({ status: 200, body: { status: "success", ...members } });

/** The same, 201: users, phones, e-mails and entries that were made. */
export const created = (members: object): Answer => ({ ...success(members), status: 201 });

/** What an error answer depends on beside its row. */
export interface ErrorView {
  readonly language: Language;
  /** Also the `error_id`, by which the cause is found. */
  readonly requestId: string;
  /** What RFC 9110 section 11.6.1 has a 401 ask for. */
  readonly challenge: string;
}

/** `{"status":"error",…}`; `messages` is an object where fields are at fault. */
export const errorAnswer = (row: ErrorRow, view: ErrorView): Answer => {
  const { code, fields, headers = {}, members = {} } = row;
  const { language, requestId, challenge } = view;
  const status = statusOf[code];
  const told = fields?.map(({ field, message }) => ({ field, message: message[language] }));
  return {
    status,
    headers: status === 401 ? { ...headers, "www-authenticate": challenge } : headers,
    body: {
      status: "error",
      error_code: code,
      error_id: requestId,
      messages: told === undefined ? [messages[code][language]] : byField(told),
      ...members,
    },
  };
};

/** Of fields whose items have found their words. */
export const invalidFieldsAnswer = (fields: readonly InvalidField[], { requestId }: ErrorView): Answer => ({
  status: statusOf["request.validation.failed"],
  body: {
    status: "error",
    error_code: "request.validation.failed",
    error_id: requestId,
    messages: byField(fields),
  },
});

const byField = (items: readonly InvalidField[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    items.map(({ field }) => [field, items.filter((item) => item.field === field).map(({ message }) => message)]),
  );

/** Where a step has led: the session's new token and state and what the next step needs, or the signed-in user. */
export const progressAnswer = (progress: SignInProgress, { now, language }: ProgressView): Answer => {
  switch (progress.kind) {
    case "pending":
      return success({
        session_token: progress.token,
        session_state: progress.state,
        expires_in: secondsUntil(progress.expiresAt, now),
        ...(progress.state === "recovery-checkotp" ? { verification: "PHONE" } : {}),
        ...nextStep(progress.next, language),
      });
    case "authorized":
      return success({
        session_state: "authorized",
        auth_token: progress.token,
        expires_in: secondsUntil(progress.expiresAt, now),
        user: userOf(progress.view),
      });
    case "login":
      return success({ session_state: "login" });
  }
};

/** Of a session that stays where it is, and keeps its token. */
export const sessionAnswer = (
  { state, expiresAt, next }: Omit<Extract<SignInProgress, { readonly kind: "pending" }>, "kind" | "token">,
  { now, language }: ProgressView,
): Answer =>
  success({
    session_state: state,
    expires_in: secondsUntil(expiresAt, now),
    ...(state === "recovery-checkotp" ? { verification: "PHONE" } : {}),
    ...nextStep(next, language),
  });

export interface ProgressView {
  readonly now: Instant;
  readonly language: Language;
}

/** Items of `disclaimers_required`. */
const disclaimersRequired = (disclaimers: readonly Disclaimer[], language: Language) =>
  disclaimers.map(({ code, version, titles, url }) => ({ code, version, title: titleIn(titles, language), url }));

/** Seconds for `expires_in`. */
export const secondsUntil = (at: Instant, now: Instant): number => Math.max(0, Math.floor((at - now) / 1000));

const nextStep = (next: NextStep, language: Language) => ({
  ...(next.disclaimersRequired === undefined
    ? {}
    : { disclaimers_required: disclaimersRequired(next.disclaimersRequired, language) }),
  ...(next.sentTo === undefined
    ? {}
    : { [next.sentTo.channel === "sms" ? "user_phone" : "user_email"]: next.sentTo.masked }),
  ...(next.memorablePositions === undefined ? {} : { memorable_positions: next.memorablePositions }),
  ...(next.controlQuestion === undefined ? {} : { control_question: next.controlQuestion }),
  ...(next.availableAt === undefined ? {} : { available_at: rfc3339(next.availableAt) }),
});

const titleIn = (titles: Disclaimer["titles"], language: Language): string =>
  titles[language] ?? titles["en"] ?? Object.values(titles)[0] ?? "";
