import { mayAct } from "../accounts/account.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Stores, Tokens } from "../ports.js";
import { Refusal } from "../refusal.js";
import { isLive } from "./session.js";
import type { SessionWithAccount } from "./session-store.js";
import type { TokenKind, VerifiedToken } from "./token.js";

export interface AuthenticateNeeds {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly stores: Stores;
  readonly policy: MountPolicy;
}

export interface Authenticated extends SessionWithAccount {
  readonly token: VerifiedToken;
}

/**
 * Who presents this token: checks the token, then its session, then its account, then the token's own time – so that `token-expired`
 * is said only of a token with which nothing else is wrong. The session is read each time: an ended one is refused at once on every node.
 */
export const authenticate = async (
  needs: AuthenticateNeeds,
  presented: string,
  kinds: readonly TokenKind[],
): Promise<Authenticated> => {
  const token = await needs.tokens.verify(presented, kinds);
  const { sessionId, accountId } = token;
  const found = await needs.stores.sessions.find(sessionId);
  const isOurs = found !== undefined && found.account.id === accountId && found.session.mount === needs.policy.mount;
  if (!isOurs) throw new Refusal("session-ended", { sessionId, reason: "unknown" });
  const { session, account } = found;
  if (!isLive(session, needs.policy.sessions, needs.clock.now()))
    throw new Refusal("session-ended", { sessionId, reason: session.endReason ?? "over", accountId });
  if (!mayAct(account)) throw new Refusal("session-ended", { sessionId, reason: account.status, accountId });
  if (token.isExpired) throw new Refusal("token-expired", { sessionId, accountId });
  return { ...found, token };
};
