import { Refusal } from "#core/refusal.js";
import { extractToken } from "#http/authorization-header.js";
import type { JwtRequest } from "./jwt-request.js";

/** The token that the request carries; refuses with `token-missing`. */
export const requireBearerToken = (request: JwtRequest): string => {
  const token = extractToken("Bearer", request.header("authorization"));
  if (token === undefined) throw new Refusal("token-missing", {});
  return token;
};
