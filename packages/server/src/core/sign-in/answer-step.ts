import type { FactorAnswer, ProvenFactor } from "../factors/factor.js";
import { proveFactor } from "../factors/prove-factor.js";
import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { factorSubject } from "./factor-subject.js";
import { stateWrong } from "./find-session.js";
import type { FlowNeeds } from "./flow-needs.js";
import { type PendingSession, wrongAnswersEnd } from "./pending-session.js";
import { recordRefusedStep } from "./record-refused-step.js";

export interface StepAnswer {
  readonly session: PendingSession;
  readonly answer: FactorAnswer;
  readonly origin: Origin;
  readonly now: Instant;
}

/**
 * Evaluates an answer to what a session asks for, and has `goOn` write what a right one leads to, in one transaction. The try is counted
 * on the session, then on the identity, before it is evaluated and outside the transaction; only a wrong answer costs it. What is
 * nobody's takes the same steps as what is wrong.
 */
export const answerStep = async <T>(
  needs: FlowNeeds,
  { session, answer, origin, now }: StepAnswer,
  goOn: (stores: Stores) => Promise<T>,
): Promise<T> => {
  const { pendingSessions } = needs.stores;
  if (!(await pendingSessions.countTry(session, wrongAnswersEnd, now))) throw stateWrong(session, session.state);
  const withdraw = async (error: unknown): Promise<void> => {
    await pendingSessions.withdrawTry(session.id);
    if (error instanceof Refusal) await recordRefusedStep(needs, error, { session, origin, now });
  };
  const proven = await prove(needs, { session, answer, origin, now }, withdraw);
  try {
    return await needs.transaction(async (stores) => {
      // The account's row and the session's before the tries': as a new password goes, so that neither waits for the other.
      const next = await goOn(stores);
      await proven.alongside(stores);
      return next;
    });
  } catch (error) {
    // The answer was right: somebody else was faster with it, or it leads nowhere.
    await proven.withdraw();
    await withdraw(error);
    throw error;
  }
};

const prove = async (
  needs: FlowNeeds,
  { session, answer, origin, now }: StepAnswer,
  withdraw: (error: unknown) => Promise<void>,
): Promise<ProvenFactor> => {
  try {
    return await proveFactor(needs, factorSubject(session, { origin, now }), answer);
  } catch (error) {
    // Whoever judges a factor writes down himself that it was wrong.
    if (Refusal.is(error, "factor-locked")) await needs.stores.pendingSessions.withdrawTry(session.id);
    else if (!Refusal.is(error, "factor-wrong")) await withdraw(error);
    throw error;
  }
};
