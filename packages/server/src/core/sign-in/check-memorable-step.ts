import type { Origin } from "../origin.js";
import { answerStep } from "./answer-step.js";
import type { FlowNeeds } from "./flow-needs.js";
import { goOnWith } from "./go-on.js";
import type { PendingSession } from "./pending-session.js";
import type { SignInProgress } from "./sign-in-progress.js";

export interface CheckMemorableCommand {
  readonly session: PendingSession;
  /** By position, the first being 1. */
  readonly letters: ReadonlyMap<number, string>;
  readonly origin: Origin;
}

/** `checkmemorable`: letters of the memorable words, at the positions that the step before gave. */
export const checkMemorableStep = async (
  needs: FlowNeeds,
  { session, letters, origin }: CheckMemorableCommand,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const positions = session.memory.memorablePositions ?? [];
  const answer = { factor: "memorable", letters, positions } as const;
  return answerStep(needs, { session, answer, origin, now }, (stores) =>
    goOnWith(needs, stores, { session, memory: session.memory, proven: "memorable", origin, now }),
  );
};
