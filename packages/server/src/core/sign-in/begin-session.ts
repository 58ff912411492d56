import { type AccountId, type Instant, newSignInId } from "../ids.js";
import type { FlowNeeds } from "./flow-needs.js";
import { type PendingSession, pendingSessionLivesIn, type SessionMemory } from "./pending-session.js";
import type { SessionState } from "./session-state.js";
import type { NextStep, SignInProgress } from "./sign-in-progress.js";

export interface Beginning {
  readonly state: SessionState;
  readonly accountId: AccountId | undefined;
  readonly memory: SessionMemory;
  readonly now: Instant;
}

/** A session and its token; kept by nobody yet. */
export interface BegunSession {
  readonly session: PendingSession;
  readonly token: string;
}

/** Draws a session of the request's API key that begins now. */
export const newPendingSession = (needs: FlowNeeds, { state, accountId, memory, now }: Beginning): BegunSession => {
  const token = needs.random.token(256);
  return {
    token,
    session: {
      id: newSignInId(needs.random),
      tokenHash: needs.fingerprint(token),
      clientId: needs.apiKey.id,
      state,
      accountId,
      memory,
      failures: 0,
      createdAt: now,
      expiresAt: now + pendingSessionLivesIn,
      endedAt: undefined,
    },
  };
};

/** What is said of a session: its token, until when it is good, and what its state asks for. */
export const progressOf = ({ session, token }: BegunSession, next: NextStep): SignInProgress => ({
  kind: "pending",
  state: session.state,
  token,
  expiresAt: session.expiresAt,
  next,
});
