import type { Origin } from "../origin.js";
import { answerStep } from "../sign-in/answer-step.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { PendingSession } from "../sign-in/pending-session.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";
import { proveRecovery } from "./prove-recovery.js";

export interface CheckRecoveryCodeCommand {
  readonly session: PendingSession;
  /** The digits that were sent. */
  readonly code: string;
  readonly origin: Origin;
}

/** `recovery-checkotp`: the code that was sent to the account's number. */
export const checkRecoveryCode = async (
  needs: FlowNeeds,
  { session, code, origin }: CheckRecoveryCodeCommand,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const answer = { factor: "code", code, purpose: "recovery" } as const;
  return answerStep(needs, { session, answer, origin, now }, (stores) =>
    proveRecovery(needs, stores, { session, proven: "code", availableAt: undefined, origin, now }),
  );
};
