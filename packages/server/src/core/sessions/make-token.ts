import type { AccountId, Instant, RefreshId } from "../ids.js";
import type { TokenPolicy } from "../policy.js";
import type { Random, Tokens } from "../ports.js";
import type { Session } from "./session.js";

export interface TokenMakers {
  readonly random: Random;
  readonly tokens: Tokens;
  readonly policy: { readonly tokens: TokenPolicy };
}

type Bearer = Pick<Session, "id" | "expiresAt"> & { readonly accountId: AccountId };

/** A JWT that shows who calls, for `accessIn`, never beyond its session. */
export const makeAccessToken = (needs: TokenMakers, session: Bearer, now: Instant): Promise<string> =>
  needs.tokens.sign({
    kind: "access",
    id: needs.random.token(128),
    accountId: session.accountId,
    sessionId: session.id,
    ...lifetime(now, needs.policy.tokens.accessIn, session.expiresAt),
  });

/** A JWT that renews its session's access tokens, for `refreshIn`, never beyond its session. */
export const makeRefreshToken = (needs: TokenMakers, session: Bearer, id: RefreshId, now: Instant): Promise<string> =>
  needs.tokens.sign({
    kind: "refresh",
    id,
    accountId: session.accountId,
    sessionId: session.id,
    ...lifetime(now, needs.policy.tokens.refreshIn, session.expiresAt),
  });

const second = 1000;

// JWT times are whole seconds (RFC 7519 section 2, NumericDate as this server writes it).
const lifetime = (now: Instant, lastsIn: number, notAfter: Instant) => {
  const issuedAt = Math.floor(now / second) * second;
  return { issuedAt, expiresAt: Math.floor(Math.min(issuedAt + lastsIn, notAfter) / second) * second };
};
