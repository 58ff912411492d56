import assert from "node:assert/strict";
import type { Response } from "../../server/request.js";
import { expectHeaders } from "../expect-headers.js";
import { dataIn, type User } from "./stage.js";

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const key = /^[\w-]{43}$/;

export interface Success {
  readonly status?: 200 | 201;
  readonly message: string;
  /** The whole of it. */
  readonly data?: object;
  readonly setsCookie?: boolean;
}

/** The whole answer is a success of this message and data. */
export function expectSuccess(answer: Response, { status = 200, message, data = {}, setsCookie }: Success): void {
  assert.deepEqual(
    { status: answer.status, body: answer.json },
    { status, body: { status: "success", status_code: status, message, data } },
  );
  expectHeaders(answer, setsCookie === undefined ? {} : { setsCookie });
}

/** What a registration and a resend answer. */
export const codeSent = (email: string): Success => ({
  message: "A verification code has been sent to this email.",
  data: { email, expires_in: 300, resend_in: 60 },
});

/** The key and the user of an answer, which has nothing else but what `beside` names. */
export function entered(
  answer: Response,
  beside: readonly string[] = [],
): { readonly key: string; readonly user: User } {
  const data = dataIn(answer);
  assert.deepEqual(Object.keys(data), ["token", "user", ...beside]);
  const { token, user } = data;
  assert.match(String(token), key);
  assert.ok(typeof user === "object" && user !== null);
  return { key: String(token), user: { ...user } };
}

/** The whole user is this one; ids and times are only looked at. */
export function expectUser(user: User, expected: User): void {
  assert.deepEqual(Object.keys(user), [
    "id",
    "email",
    "fullname",
    "language",
    "phone",
    "avatar_url",
    "birth_date",
    "is_guest",
    "is_verified",
    "created_at",
    "last_login_at",
  ]);
  const { id, created_at: createdAt, last_login_at: lastLoginAt, ...rest } = user;
  assert.match(String(id), uuid);
  for (const at of [createdAt, lastLoginAt].map(String)) {
    assert.match(at, instant);
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, at);
  }
  assert.deepEqual(rest, {
    email: null,
    fullname: null,
    language: "en",
    phone: null,
    avatar_url: null,
    birth_date: null,
    is_guest: false,
    is_verified: true,
    ...expected,
  });
}
