import { Refusal } from "#core/refusal.js";
import { extractToken } from "#http/authorization-header.js";
import type { AccountRequest } from "./account-request.js";

/** The key that the request carries; refuses with `token-missing`. */
export const requireKey = (request: Pick<AccountRequest, "header">): string => {
  const key = findKey(request);
  if (key === undefined) throw new Refusal("token-missing", {});
  return key;
};

/** The key that the request carries, if it carries one. */
export const findKey = (request: Pick<AccountRequest, "header">): string | undefined =>
  extractToken("Token", request.header("authorization"));
