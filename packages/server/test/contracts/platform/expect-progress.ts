import assert from "node:assert/strict";
import type { Progress } from "./people.js";

/** The whole answer of a step that leads to another. */
export function expectPending(progress: Progress, state: string, members: object = {}, livesIn = 900): void {
  const { session_token: token, expires_in: expiresIn, ...others } = progress;
  assert.match(String(token), /^[A-Za-z0-9_-]{43}$/);
  expectSeconds(expiresIn, livesIn);
  assert.deepEqual(others, { session_state: state, ...members });
}

/** The whole answer of the step that signs in. */
export function expectAuthorized(progress: Progress, user: unknown): void {
  const { auth_token: token, expires_in: expiresIn, ...others } = progress;
  assert.match(String(token), /^[A-Za-z0-9_-]{43}$/);
  expectSeconds(expiresIn, 30 * 86_400);
  assert.deepEqual(others, { session_state: "authorized", user });
}

function expectSeconds(sent: unknown, expected: number): void {
  assert.ok(typeof sent === "number" && Number.isInteger(sent), String(sent));
  assert.ok(sent <= expected && sent > expected - 30, `${sent} is not about ${expected}`);
}
