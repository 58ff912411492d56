import type { Identifier } from "#core/identities/identifier.js";
import { authenticate } from "#core/sessions/authenticate.js";
import type { Answer } from "#http/answer.js";
import { requireBearerToken } from "./authentication.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";

/** `GET /me` */
export const me = async (needs: JwtNeeds, request: JwtRequest): Promise<Answer> => {
  const { account, identifiers } = await authenticate(needs, requireBearerToken(request), ["access"]);
  return {
    status: 200,
    body: {
      id: account.id,
      username: primary(identifiers, "username")?.displayValue ?? null,
      email: primary(identifiers, "email")?.normalizedValue ?? null,
      language_code: account.language,
      created_at: rfc3339(account.createdAt),
      last_login_at: account.lastSignInAt === undefined ? null : rfc3339(account.lastSignInAt),
    },
  };
};

const primary = (identifiers: readonly Identifier[], kind: Identifier["kind"]): Identifier | undefined =>
  identifiers.find((identifier) => identifier.kind === kind && identifier.isPrimary);

const rfc3339 = (at: number): string => new Date(at).toISOString();
