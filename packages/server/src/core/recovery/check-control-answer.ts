import type { Origin } from "../origin.js";
import { tellOwner } from "../outbox/write-letter.js";
import { answerStep } from "../sign-in/answer-step.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import { type PendingSession, pendingSessionLivesIn } from "../sign-in/pending-session.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";
import type { Stores } from "../ports.js";
import type { Instant } from "../ids.js";
import { cancelLinkHash } from "./stop-recovery.js";
import { proveRecovery } from "./prove-recovery.js";

export interface CheckControlAnswerCommand {
  readonly session: PendingSession;
  readonly answer: string;
  /** Where the link of a token leads by which the owner stops it. */
  readonly cancelLinkTo: (token: string) => string;
  readonly origin: Origin;
}

/** Milliseconds in which the owner can stop a recovery by question. */
const questionDelayIn = 86_400_000;

/** `recovery-checkquestion`: a right answer opens the new password a day later; the owner is told at once, wherever he can be reached. */
export const checkControlAnswer = async (
  needs: FlowNeeds,
  { session, answer, cancelLinkTo, origin }: CheckControlAnswerCommand,
): Promise<SignInProgress> => {
  const now = needs.clock.now();
  const availableAt = now + questionDelayIn;
  const sent = { factor: "control-answer", answer } as const;
  return answerStep(needs, { session, answer: sent, origin, now }, async (stores) => {
    const progress = await proveRecovery(needs, stores, {
      session,
      proven: "control-answer",
      availableAt,
      origin,
      now,
    });
    await tellToCancel(needs, stores, { session, cancelLinkTo, availableAt, now });
    return progress;
  });
};

const tellToCancel = async (
  needs: FlowNeeds,
  stores: Stores,
  about: Pick<CheckControlAnswerCommand, "session" | "cancelLinkTo"> & {
    readonly availableAt: Instant;
    readonly now: Instant;
  },
): Promise<void> => {
  const { session, cancelLinkTo, availableAt, now } = about;
  const found = session.accountId && (await stores.accounts.find(session.accountId));
  if (!found) return;
  const token = needs.random.token(256);
  const expiresIn = questionDelayIn + pendingSessionLivesIn;
  await stores.links.replace({
    tokenHash: cancelLinkHash(needs, token),
    purpose: "cancel-recovery",
    accountId: found.account.id,
    createdAt: now,
    expiresAt: now + expiresIn,
  });
  const letter = { kind: "recovery-by-question", link: cancelLinkTo(token), availableAt, expiresIn } as const;
  await tellOwner(needs, stores, { ...found, letter, now, livesIn: questionDelayIn });
};
