import assert from "node:assert/strict";
import type { Response } from "../server/request.js";

const requestId = /^req_[\w-]{22}$/;

/** What every answer of a contract carries, and what none may. */
export function expectHeaders(
  { status, headers }: Response,
  over: {
    readonly type?: string;
    readonly cache?: string;
    readonly setsCookie?: boolean;
    readonly origin?: string | null;
  } = {},
): void {
  assert.match(String(headers["x-request-id"]), requestId);
  // A 204 has no content, hence no type and no length (RFC 9110 section 15.3.5).
  assert.equal(headers["content-type"], status === 204 ? undefined : (over.type ?? "application/json; charset=utf-8"));
  assert.equal(headers["cache-control"], over.cache ?? "no-store");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal("set-cookie" in headers, over.setsCookie ?? false);
  assert.equal(headers["x-powered-by"], undefined);
  assert.equal(headers["server"], undefined);
  // A browser's page of any origin may read the answer, without cookies, unless the contract names those that may.
  assert.equal(headers["access-control-allow-origin"], over.origin === null ? undefined : (over.origin ?? "*"));
  assert.equal(headers["access-control-allow-credentials"], undefined);
  assert.equal("allow" in headers, status === 405);
  assert.equal("www-authenticate" in headers, status === 401);
  assert.equal("retry-after" in headers, status === 429 || status === 503);
  if ("retry-after" in headers) assert.match(String(headers["retry-after"]), /^[1-9]\d*$/);
}
