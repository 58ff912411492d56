import type { OfferedAcceptance } from "../disclaimers/accept-disclaimers.js";
import type { Origin } from "../origin.js";
import { answerStep } from "./answer-step.js";
import type { FlowNeeds } from "./flow-needs.js";
import { goOnWith } from "./go-on.js";
import type { PendingSession } from "./pending-session.js";
import type { SignInProgress } from "./sign-in-progress.js";
import { takeFirstStep } from "./take-first-step.js";

export interface CheckCodeCommand {
  readonly session: PendingSession;
  /** `code`: the digits that were sent. */
  readonly factor: "code" | "backup-code";
  readonly code: string;
  readonly offered: readonly OfferedAcceptance[];
  readonly language: string;
  readonly origin: Origin;
}

/** `checkotp`: the code that was sent for this session, or a backup code. */
export const checkCodeStep = async (
  needs: FlowNeeds,
  { session, factor, code, ...command }: CheckCodeCommand,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const { origin } = command;
  const memory = await takeFirstStep(needs, session, { ...command, now });
  const answer = factor === "code" ? ({ factor, code, purpose: "sign-in" } as const) : { factor, code };
  return answerStep(needs, { session, answer, origin, now }, (stores) =>
    goOnWith(needs, stores, { session, memory, proven: factor, origin, now }),
  );
};
