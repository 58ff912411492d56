import type { Instant } from "../ids.js";
import { newRefreshId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Random, Secrets } from "../ports.js";
import { Refusal } from "../refusal.js";
import { authenticate, type Authenticated, type AuthenticateNeeds } from "./authenticate.js";
import { makeAccessToken, makeRefreshToken } from "./make-token.js";
import type { Session } from "./session.js";

export interface RefreshNeeds extends AuthenticateNeeds {
  readonly random: Random;
  readonly secrets: Secrets;
}

export interface RefreshedSession {
  readonly accessToken: string;
  /** Only of a session that rotates. */
  readonly refreshToken: string | undefined;
}

/**
 * Gives a new access token and, in a session that rotates, a new refresh token (RFC 9700 section 4.14).
 * For a short grace the replaced token gives its unused successor again, word for word; any other use of it ends the session.
 */
export const refreshSession = async (
  needs: RefreshNeeds,
  command: { readonly token: string; readonly origin: Origin },
): Promise<RefreshedSession> => {
  const now = needs.clock.now();
  try {
    return await refresh(needs, command, now);
  } catch (error) {
    await auditRefused(needs, error, now, command.origin);
    throw error;
  }
};

const refresh = async (
  needs: RefreshNeeds,
  command: { readonly token: string; readonly origin: Origin },
  now: Instant,
): Promise<RefreshedSession> => {
  const { session, token } = await authenticateRefresh(needs, command.token);
  if (!session.refresh.rotates) {
    await touch(needs, session, token.id, now, command.origin);
    return { accessToken: await makeAccessToken(needs, session, now), refreshToken: undefined };
  }
  const refreshToken =
    token.id === session.refresh.current
      ? await rotate(needs, session, now, command.origin)
      : await giveSuccessorAgain(needs, session, token.id, now, command.origin);
  return { accessToken: await makeAccessToken(needs, session, now), refreshToken };
};

/** Only where the account is known: a made-up token is nobody's. A reused one has written an event of its own. */
const auditRefused = async (needs: RefreshNeeds, error: unknown, at: Instant, origin: Origin): Promise<void> => {
  const refusal = Refusal.is(error, "token-invalid") ? error.cause : error;
  if (!Refusal.is(refusal, "session-ended") && !Refusal.is(refusal, "token-expired")) return;
  const { accountId, sessionId } = refusal.details;
  if (accountId === undefined) return;
  const details = { reason: refusal.code, sessionId };
  await needs.stores.audit.append({ at, kind: "refresh-refused", accountId, origin, details });
};

/** As `authenticate`, but an expired refresh token is invalid like any other. */
const authenticateRefresh = async (needs: RefreshNeeds, presented: string): Promise<Authenticated> => {
  try {
    return await authenticate(needs, presented, ["refresh"]);
  } catch (error) {
    if (Refusal.is(error, "token-expired")) throw new Refusal("token-invalid", { reason: "expired" }, { cause: error });
    throw error;
  }
};

const touch = async (
  needs: RefreshNeeds,
  session: Session,
  presentedId: string,
  now: Instant,
  origin: Origin,
): Promise<void> => {
  if (presentedId !== session.refresh.current) return endReused(needs, session, now, origin);
  if (!(await needs.stores.sessions.touch(session.id, session.refresh.current, now))) throw endedMeanwhile(session);
};

const rotate = async (needs: RefreshNeeds, session: Session, now: Instant, origin: Origin): Promise<string> => {
  const to = newRefreshId(needs.random);
  const successor = await makeRefreshToken(needs, session, to, now);
  const sealedSuccessor = needs.secrets.seal("refresh-successor", session.id, successor);
  const from = session.refresh.current;
  if (await needs.stores.sessions.rotate(session.id, { from, to, sealedSuccessor, at: now })) return successor;
  // Somebody else rotated it between our read and our write.
  const found = await needs.stores.sessions.find(session.id);
  if (found === undefined || found.session.endedAt !== undefined) throw endedMeanwhile(session);
  return giveSuccessorAgain(needs, found.session, from, now, origin);
};

const giveSuccessorAgain = async (
  needs: RefreshNeeds,
  session: Session,
  presentedId: string,
  now: Instant,
  origin: Origin,
): Promise<string> => {
  const { previous, rotatedAt, sealedSuccessor } = session.refresh;
  const isInGrace =
    presentedId === previous && rotatedAt !== undefined && now - rotatedAt <= needs.policy.tokens.rotationGraceIn;
  if (!isInGrace || sealedSuccessor === undefined) return endReused(needs, session, now, origin);
  return needs.secrets.unseal("refresh-successor", session.id, sealedSuccessor);
};

/** A replaced token out of its grace is in two hands, and nobody can say which are the owner's. */
export const endReused = async (
  needs: Pick<RefreshNeeds, "stores">,
  session: Session,
  now: Instant,
  origin: Origin,
): Promise<never> => {
  const { id: sessionId, accountId } = session;
  await needs.stores.sessions.end(sessionId, now, "refresh-token-reused");
  await needs.stores.audit.append({ at: now, kind: "refresh-token-reused", accountId, origin, details: { sessionId } });
  throw new Refusal("refresh-token-reused", { sessionId, accountId });
};

const endedMeanwhile = ({ id: sessionId, accountId }: Session): Refusal =>
  new Refusal("session-ended", { sessionId, reason: "ended meanwhile", accountId });
