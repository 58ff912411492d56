import type { OfferedAcceptance } from "../disclaimers/accept-disclaimers.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import { answerStep } from "../sign-in/answer-step.js";
import { progressOf } from "../sign-in/begin-session.js";
import { stateWrong } from "../sign-in/find-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { Step } from "../sign-in/go-on.js";
import type { PendingSession } from "../sign-in/pending-session.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";
import { takeFirstStep } from "../sign-in/take-first-step.js";
import { completeSignUp } from "./complete-sign-up.js";

export interface CheckSignUpCodeCommand {
  readonly session: PendingSession;
  /** The digits that were sent. */
  readonly code: string;
  readonly offered: readonly OfferedAcceptance[];
  readonly language: string;
  readonly origin: Origin;
}

/** `signup-checkotp`: proves the address. The account is made at once, or once its password is set where the API key wants one. */
export const checkSignUpCode = async (
  needs: FlowNeeds,
  { session, code, ...command }: CheckSignUpCodeCommand,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const { origin } = command;
  const begun = await takeFirstStep(needs, session, { ...command, now });
  const memory = { ...begun, proven: ["code"] } as const;
  const answer = { factor: "code", code, purpose: "registration" } as const;
  return answerStep(needs, { session, answer, origin, now }, (stores) => {
    const step = { session, memory, origin, now };
    return needs.apiKey.policy.signUp.password
      ? askForPassword(needs, stores, step)
      : completeSignUp(needs, stores, { ...step, passwordHash: undefined });
  });
};

const askForPassword = async (
  needs: FlowNeeds,
  { pendingSessions, audit }: Stores,
  { session, memory, origin, now }: Step,
): Promise<SignInProgress> => {
  const token = needs.random.token(256);
  const moved = { ...session, state: "signup-setpassword", tokenHash: needs.fingerprint(token), memory } as const;
  if (!(await pendingSessions.advance(session, { ...moved, givesBack: true }, now)))
    throw stateWrong(session, session.state);
  const details = { passed: session.state, next: moved.state };
  await audit.append({ at: now, kind: "sign-in-step-passed", accountId: undefined, origin, details });
  return progressOf({ session: moved, token }, {});
};
