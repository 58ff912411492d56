import { Refusal } from "../refusal.js";
import { type FindSessionNeeds, readPendingSession } from "../sign-in/find-session.js";
import { findClientSession } from "./find-client-session.js";
import type { SessionWithAccount } from "./session-store.js";

/** Milliseconds for which a token's use is not written down again, so that reading costs no write. */
const touchedEvery = 60_000;

/**
 * Who presents this auth token. Refuses as `findClientSession` does; with `token-invalid` what is no token; and with
 * `session-state-wrong` the token of a session that is not authorized.
 */
export const authenticateClient = async (needs: FindSessionNeeds, token: string): Promise<SessionWithAccount> => {
  const found = await findClientSession(needs, token);
  if (found === undefined) {
    const pending = await readPendingSession(needs, token);
    if (pending === undefined) throw new Refusal("token-invalid", { reason: "unknown" });
    throw new Refusal("session-state-wrong", { state: pending.state, request: "user" });
  }
  const { session, account } = found;
  const now = needs.clock.now();
  if (now - session.lastUsedAt < touchedEvery) return found;
  if (!(await needs.stores.sessions.touch(session.id, session.refresh.current, now)))
    throw new Refusal("session-ended", { sessionId: session.id, reason: "ended meanwhile", accountId: account.id });
  return found;
};
