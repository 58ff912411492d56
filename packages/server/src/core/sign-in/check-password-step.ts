import type { OfferedAcceptance } from "../disclaimers/accept-disclaimers.js";
import type { Origin } from "../origin.js";
import { answerStep } from "./answer-step.js";
import type { FlowNeeds } from "./flow-needs.js";
import { goOnWith } from "./go-on.js";
import type { PendingSession } from "./pending-session.js";
import type { SignInProgress } from "./sign-in-progress.js";
import { takeFirstStep } from "./take-first-step.js";

export interface CheckPasswordCommand {
  readonly session: PendingSession;
  readonly password: string;
  readonly offered: readonly OfferedAcceptance[];
  readonly language: string;
  readonly origin: Origin;
}

/** `checkpassword`: the password of whom the session is about. On a hardened mount it may be about nobody. */
export const checkPasswordStep = async (
  needs: FlowNeeds,
  { session, password, ...command }: CheckPasswordCommand,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const { origin } = command;
  const memory = await takeFirstStep(needs, session, { ...command, now });
  const answer = { factor: "password", password } as const;
  return answerStep(needs, { session, answer, origin, now }, (stores) =>
    goOnWith(needs, stores, { session, memory, proven: "password", origin, now }),
  );
};
