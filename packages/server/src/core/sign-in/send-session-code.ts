import type { SessionCodePurpose } from "../factors/factor.js";
import { sendSignInCode } from "../factors/send-code.js";
import type { Instant } from "../ids.js";
import { sendingLimited, sendingSubject } from "../limits/sending-subject.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { PendingSession, SentCode } from "./pending-session.js";
import type { SessionState } from "./session-state.js";
import type { NextStep } from "./sign-in-progress.js";

export interface SessionCode {
  /** In the state that waits for the code. */
  readonly session: Pick<PendingSession, "id" | "accountId" | "state">;
  readonly code: SentCode;
  readonly now: Instant;
}

/** Within a transaction: draws a code for a session and has it sent. Refuses with `sending-limited`, and then nothing may be kept. */
export const sendSessionCode = async (
  needs: FlowNeeds,
  stores: Stores,
  { session, code, now }: SessionCode,
): Promise<void> => {
  const { to, language, fits, named } = code;
  await takeNamedSending(needs, stores, { code, now });
  await sendSignInCode(needs, stores, {
    sessionId: session.id,
    accountId: session.accountId,
    purpose: codePurpose(session.state),
    to,
    language,
    fits,
    isQuiet: named !== undefined,
    now,
  });
};

/** Within a transaction: counts a message by what its caller named in place of the address. Refuses with `sending-limited`. */
export const takeNamedSending = async (
  needs: Pick<FlowNeeds, "secrets" | "policy">,
  { sendings }: Pick<Stores, "sendings">,
  { code: { named }, now }: Pick<SessionCode, "code" | "now">,
): Promise<void> => {
  if (named === undefined) return;
  const waitIn = await sendings.take(sendingSubject(needs.secrets, named), needs.policy.codes.sending, now);
  if (waitIn !== undefined) throw sendingLimited(waitIn);
};

/** As `sendSessionCode`, but where none may be sent yet the session goes on without: whoever waits for it can ask for another. */
export const sendCodeIfAllowed = async (needs: FlowNeeds, stores: Stores, command: SessionCode): Promise<void> => {
  try {
    await sendSessionCode(needs, stores, command);
  } catch (error) {
    if (!Refusal.is(error, "sending-limited")) throw error;
  }
};

/** What a state's code confirms; one that was sent in another state is wrong. */
const codePurpose = (state: SessionState): SessionCodePurpose => {
  if (state === "signup-checkotp") return "registration";
  return state === "recovery-checkotp" ? "recovery" : "sign-in";
};

/** Where a code went, as far as the caller may see it. */
export const sentTo = ({ to, masked }: SentCode): NonNullable<NextStep["sentTo"]> => ({ channel: to.channel, masked });
