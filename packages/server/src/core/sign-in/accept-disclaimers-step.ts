import type { OfferedAcceptance } from "../disclaimers/accept-disclaimers.js";
import { missingDisclaimers } from "../disclaimers/missing-disclaimers.js";
import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import type { FlowNeeds } from "./flow-needs.js";
import { goOn } from "./go-on.js";
import type { PendingSession } from "./pending-session.js";
import { recordRefusedStep } from "./record-refused-step.js";
import type { SignInProgress } from "./sign-in-progress.js";
import { accepted, refuseMissing } from "./take-first-step.js";

export interface AcceptDisclaimersCommand {
  readonly session: PendingSession;
  readonly offered: readonly OfferedAcceptance[];
  readonly language: string;
  readonly origin: Origin;
}

/** `acceptdisclaimers`: everything that is required now, all at once. No try is counted: there is nothing to guess. */
export const acceptDisclaimersStep = async (
  needs: FlowNeeds,
  { session, ...command }: AcceptDisclaimersCommand,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const { accountId } = session;
  const { origin } = command;
  // A session in this state has proven somebody.
  if (accountId === undefined) throw new Refusal("account-gone", { accountId: "" });
  const acceptances = { ...command, now };
  const required = await missingDisclaimers(needs.stores, accountId, now);
  await refuseMissing(needs, session, { ...acceptances, required });
  const memory = {
    ...session.memory,
    accepted: [...session.memory.accepted, ...accepted(required, acceptances)],
  };
  try {
    return await needs.transaction((stores) => goOn(needs, stores, { session, accountId, memory, origin, now }));
  } catch (error) {
    if (error instanceof Refusal) await recordRefusedStep(needs, error, { session, origin, now });
    throw error;
  }
};
