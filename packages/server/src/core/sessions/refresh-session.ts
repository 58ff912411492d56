import type { Instant } from "../ids.js";
import { newRefreshId } from "../ids.js";
import type { Origin } from "../origin.js";
import { tellOwner } from "../outbox/write-letter.js";
import type { Random, Secrets, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { authenticate, type Authenticated, type AuthenticateNeeds } from "./authenticate.js";
import { makeAccessToken, makeRefreshToken } from "./make-token.js";
import type { Session } from "./session.js";
import type { SessionWithAccount } from "./session-store.js";

export interface RefreshNeeds extends AuthenticateNeeds {
  readonly random: Random;
  readonly secrets: Secrets;
  readonly transaction: Transaction;
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
  const use = { now: needs.clock.now(), origin: command.origin };
  try {
    return await refresh(needs, command.token, use);
  } catch (error) {
    await auditRefused(needs, error, use);
    throw error;
  }
};

/** When and from where a token is used. */
interface Use {
  readonly now: Instant;
  readonly origin: Origin;
}

interface PresentedUse extends Use {
  readonly presentedId: string;
}

const refresh = async (needs: RefreshNeeds, presented: string, use: Use): Promise<RefreshedSession> => {
  const { token, ...found } = await authenticateRefresh(needs, presented);
  const { session } = found;
  if (!session.refresh.rotates) {
    await touch(needs, found, { ...use, presentedId: token.id });
    return { accessToken: await makeAccessToken(needs, session, use.now), refreshToken: undefined };
  }
  const refreshToken =
    token.id === session.refresh.current
      ? await rotate(needs, session, use)
      : await giveSuccessorAgain(needs, found, { ...use, presentedId: token.id });
  return { accessToken: await makeAccessToken(needs, session, use.now), refreshToken };
};

/** Only where the account is known: a made-up token is nobody's. A reused one has written an event of its own. */
const auditRefused = async (needs: RefreshNeeds, error: unknown, { now, origin }: Use): Promise<void> => {
  const refusal = Refusal.is(error, "token-invalid") ? error.cause : error;
  if (!Refusal.is(refusal, "session-ended") && !Refusal.is(refusal, "token-expired")) return;
  const { accountId, sessionId } = refusal.details;
  if (accountId === undefined) return;
  const details = { reason: refusal.code, sessionId };
  await needs.stores.audit.append({ at: now, kind: "refresh-refused", accountId, origin, details });
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

const touch = async (needs: RefreshNeeds, found: SessionWithAccount, use: PresentedUse): Promise<void> => {
  const { id, refresh: chain } = found.session;
  if (use.presentedId !== chain.current) return endReused(needs, found, use);
  if (!(await needs.stores.sessions.touch(id, chain.current, use.now))) throw endedMeanwhile(found.session);
};

const rotate = async (needs: RefreshNeeds, session: Session, use: Use): Promise<string> => {
  const to = newRefreshId(needs.random);
  const successor = await makeRefreshToken(needs, session, to, use.now);
  const sealedSuccessor = needs.secrets.seal("refresh-successor", session.id, successor);
  const from = session.refresh.current;
  if (await needs.stores.sessions.rotate(session.id, { from, to, sealedSuccessor, at: use.now })) return successor;
  // Somebody else rotated it between our read and our write.
  const found = await needs.stores.sessions.find(session.id);
  if (found === undefined || found.session.endedAt !== undefined) throw endedMeanwhile(session);
  return giveSuccessorAgain(needs, found, { ...use, presentedId: from });
};

const giveSuccessorAgain = async (
  needs: RefreshNeeds,
  found: SessionWithAccount,
  use: PresentedUse,
): Promise<string> => {
  const { id, refresh: chain } = found.session;
  const { previous, rotatedAt, sealedSuccessor } = chain;
  const isInGrace =
    use.presentedId === previous &&
    rotatedAt !== undefined &&
    use.now - rotatedAt <= needs.policy.tokens.rotationGraceIn;
  if (!isInGrace || sealedSuccessor === undefined) return endReused(needs, found, use);
  return needs.secrets.unseal("refresh-successor", id, sealedSuccessor);
};

/** A replaced token out of its grace is in two hands, and nobody can say which are the owner's: he is told, once. */
export const endReused = async (
  needs: Pick<RefreshNeeds, "random" | "transaction">,
  { session, account, identifiers }: SessionWithAccount,
  { now, origin }: Use,
): Promise<never> => {
  const { id: sessionId, accountId } = session;
  await needs.transaction(async (stores) => {
    if (await stores.sessions.end(sessionId, now, "refresh-token-reused"))
      await tellOwner(needs, stores, { account, identifiers, letter: { kind: "sign-in-stolen", at: now }, now });
    await stores.audit.append({ at: now, kind: "refresh-token-reused", accountId, origin, details: { sessionId } });
  });
  throw new Refusal("refresh-token-reused", { sessionId, accountId });
};

const endedMeanwhile = ({ id: sessionId, accountId }: Session): Refusal =>
  new Refusal("session-ended", { sessionId, reason: "ended meanwhile", accountId });
