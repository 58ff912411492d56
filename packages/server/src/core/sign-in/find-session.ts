import { mayAct } from "../accounts/account.js";
import { clockSkew } from "../clock-skew.js";
import { nobody } from "../factors/nobody.js";
import type { Instant } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import { Refusal } from "../refusal.js";
import { findClientSession, type FindClientSessionNeeds, isWellFormed } from "../sessions/find-client-session.js";
import { type PendingSession, wrongAnswersEnd } from "./pending-session.js";
import { type SessionRequest, sessionStates } from "./session-state.js";

export interface FindSessionNeeds extends FindClientSessionNeeds {
  readonly policy: Pick<MountPolicy, "mount" | "sessions" | "profile">;
}

/**
 * The session that a token moves on, if its state takes the request. Refuses with `token-invalid`, `session-ended`, `token-expired`,
 * `account-inactive`, and at last with `session-state-wrong`: for every request that is none of the state, for a session that wrong
 * answers have ended, and for an auth token.
 */
export const findPendingSession = async (
  needs: FindSessionNeeds,
  token: string,
  request: SessionRequest,
): Promise<PendingSession> => {
  const session = await readPendingSession(needs, token);
  if (session === undefined) {
    const signedIn = await findClientSession(needs, token);
    if (signedIn === undefined) throw new Refusal("token-invalid", { reason: "unknown" });
    throw new Refusal("session-state-wrong", { state: "authorized", request, accountId: signedIn.account.id });
  }
  if (!takes(session, request, needs.clock.now())) throw stateWrong(session, request);
  return session;
};

/** The session of a token, whatever its state takes; `undefined` when the token is that of none. Wrong answers may have ended it. */
export const readPendingSession = async (
  needs: FindSessionNeeds,
  token: string,
): Promise<PendingSession | undefined> => {
  if (!isWellFormed(token)) throw new Refusal("token-invalid", { reason: "malformed" });
  const now = needs.clock.now();
  const session = await needs.stores.pendingSessions.find(needs.fingerprint(token));
  if (session === undefined) return undefined;
  const { id: sessionId, accountId } = session;
  if (session.clientId !== needs.apiKey.id) throw new Refusal("token-invalid", { reason: "wrong-client" });
  const about = { sessionId, ...(accountId === undefined ? {} : { accountId }) };
  if (now >= session.expiresAt || session.createdAt > now + clockSkew) throw new Refusal("token-expired", about);
  const ended = await findEnd(needs, session);
  if (ended !== undefined) throw new Refusal("session-ended", { ...about, reason: ended });
  return session;
};

/** That a request is none of the session's state. */
export const stateWrong = (session: PendingSession, request: SessionRequest): Refusal =>
  new Refusal("session-state-wrong", {
    state: isOutOfTries(session) ? "ended" : session.state,
    request,
    ...(session.accountId === undefined ? {} : { accountId: session.accountId }),
  });

/** Why the session is over, though its time is not. Refuses with `account-inactive` what may be told. */
const findEnd = async (needs: FindSessionNeeds, session: PendingSession): Promise<string | undefined> => {
  const { accountId, memory } = session;
  const found = await needs.stores.accounts.find(accountId ?? nobody);
  if (accountId !== undefined && found?.account.status !== "deleted") {
    if (found === undefined) return "gone";
    const { account } = found;
    // Who has proven nothing learns nothing of an account on a hardened mount: the right answer tells it.
    const isTold = needs.policy.profile === "contract" || memory.proven.length > 0 || memory.via === "oauth";
    if (!mayAct(account) && isTold) throw new Refusal("account-inactive", { status: account.status, accountId });
    if (account.passwordChangedAt !== memory.passwordChangedAt) return "password-changed";
  } else if (accountId !== undefined) return "deleted";
  return session.endedAt === undefined || isOutOfTries(session) ? undefined : "ended";
};

/** Wrong answers have ended it. */
export const isOutOfTries = (session: PendingSession): boolean =>
  session.endedAt !== undefined && session.failures >= wrongAnswersEnd;

const takes = (session: PendingSession, request: SessionRequest, now: Instant): boolean => {
  if (isOutOfTries(session) || !sessionStates[session.state].takes.includes(request)) return false;
  const { availableAt } = session.memory;
  return request !== "recovery-setpassword" || availableAt === undefined || now >= availableAt;
};
