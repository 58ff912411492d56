import type { Stores } from "../ports.js";
import type { Instant } from "../ids.js";
import { type Factor, Refusal } from "../refusal.js";
import { progressOf } from "../sign-in/begin-session.js";
import { stateWrong } from "../sign-in/find-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { Step } from "../sign-in/go-on.js";
import { pendingSessionLivesIn } from "../sign-in/pending-session.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";

export interface ProvenRecovery extends Omit<Step, "memory"> {
  readonly proven: Factor;
  /** Before it no password is set; `undefined`: at once. */
  readonly availableAt: Instant | undefined;
}

/** Within a transaction: moves a recovery on to the new password, under a new token and for exactly one caller. */
export const proveRecovery = async (
  needs: FlowNeeds,
  { pendingSessions, audit }: Stores,
  { session, proven, availableAt, origin, now }: ProvenRecovery,
): Promise<SignInProgress> => {
  const { accountId } = session;
  if (accountId === undefined) throw new Refusal("factor-wrong", { factor: proven });
  const token = needs.random.token(256);
  const { code: _, ...memory } = session.memory;
  const moved = {
    ...session,
    state: "recovery-setpassword",
    tokenHash: needs.fingerprint(token),
    memory: { ...memory, proven: [proven], availableAt },
    expiresAt: availableAt === undefined ? session.expiresAt : availableAt + pendingSessionLivesIn,
  } as const;
  if (!(await pendingSessions.advance(session, { ...moved, givesBack: true }, now)))
    throw stateWrong(session, session.state);
  await audit.append({ at: now, kind: "recovery-proven", accountId, origin, details: { by: proven } });
  return progressOf({ session: moved, token }, availableAt === undefined ? {} : { availableAt });
};
