import type { AuditKind } from "../audit/audit-trail.js";
import { type AccountId, type Instant, newSignInId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { FlowNeeds } from "./flow-needs.js";
import { type PendingSession, pendingSessionLivesIn, type SessionMemory } from "./pending-session.js";
import { sendSessionCode, sentTo } from "./send-session-code.js";
import type { SessionState } from "./session-state.js";
import type { NextStep, SignInProgress } from "./sign-in-progress.js";

export interface Beginning extends NewSession {
  readonly next: NextStep;
  /** What else is written in the same transaction. */
  readonly alongside?: (stores: Stores) => Promise<void>;
  readonly origin: Origin;
}

/**
 * Begins a session: it, the code that it waits for and the record of it are there together, or not at all. Refuses with
 * `sending-limited` when its address had too many codes.
 */
export const beginSession = async (needs: FlowNeeds, beginning: Beginning): Promise<SignInProgress> => {
  const { accountId, memory, alongside, origin, now } = beginning;
  const { code } = memory;
  const begun = newPendingSession(needs, beginning);
  try {
    await needs.transaction(async (stores) => {
      if (code !== undefined) await sendSessionCode(needs, stores, { session: begun.session, code, now });
      await stores.pendingSessions.insert(begun.session);
      await alongside?.(stores);
      const details = { state: beginning.state };
      await stores.audit.append({ at: now, kind: kinds[memory.via], accountId, origin, details });
    });
  } catch (error) {
    if (Refusal.is(error, "sending-limited"))
      await recordRefusedBeginning(needs, error, { via: memory.via, accountId, origin, now });
    throw error;
  }
  return progressOf(begun, { ...beginning.next, ...(code === undefined ? {} : { sentTo: sentTo(code) }) });
};

const kinds: Readonly<Record<SessionMemory["via"], AuditKind>> = {
  login: "sign-in-started",
  oauth: "sign-in-started",
  signup: "registration-started",
  recovery: "recovery-started",
};

/** That none was begun; written outside the transaction, which the refusal has undone. */
export const recordRefusedBeginning = async (
  { stores }: { readonly stores: Pick<Stores, "audit"> },
  { code }: Refusal,
  about: {
    readonly via: SessionMemory["via"];
    readonly accountId: AccountId | undefined;
    readonly origin: Origin;
    readonly now: Instant;
  },
): Promise<void> => {
  const { via, accountId, origin, now } = about;
  await stores.audit.append({ at: now, kind: refusedKinds[via], accountId, origin, details: { reason: code } });
};

const refusedKinds: Readonly<Record<SessionMemory["via"], AuditKind>> = {
  login: "sign-in-refused",
  oauth: "sign-in-refused",
  signup: "registration-refused",
  recovery: "recovery-refused",
};

export interface NewSession {
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
export const newPendingSession = (needs: FlowNeeds, { state, accountId, memory, now }: NewSession): BegunSession => {
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
