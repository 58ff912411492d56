import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import { stateWrong } from "./find-session.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { PendingSession } from "./pending-session.js";
import { recordRefusedStep } from "./record-refused-step.js";
import { sendSessionCode, sentTo } from "./send-session-code.js";
import type { SessionState } from "./session-state.js";
import type { NextStep } from "./sign-in-progress.js";

export interface ResentCode {
  readonly state: SessionState;
  readonly expiresAt: Instant;
  readonly next: NextStep;
}

/**
 * Sends another code for a session that waits for one; the one before it is dead, and no try is given back. The session keeps its token:
 * nothing was proven. Refuses with `sending-limited`, and with `session-state-wrong` where no code can be sent.
 */
export const resendCode = async (
  needs: FlowNeeds,
  { session, origin }: { readonly session: PendingSession; readonly origin: Origin },
): Promise<ResentCode> => {
  const now = needs.clock.now();
  const { accountId, state, expiresAt, memory } = session;
  const { code } = memory;
  if (code === undefined) throw stateWrong(session, "resendotp");
  try {
    await needs.transaction(async (stores) => {
      await sendSessionCode(needs, stores, { session, code, now });
      await stores.audit.append({ at: now, kind: "code-resent", accountId, origin, details: { state } });
    });
  } catch (error) {
    if (error instanceof Refusal) await recordRefusedStep(needs, error, { session, origin, now });
    throw error;
  }
  return { state, expiresAt, next: { sentTo: sentTo(code) } };
};
