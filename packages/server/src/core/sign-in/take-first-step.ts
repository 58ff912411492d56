import { acceptedAmong, type OfferedAcceptance, refuseUnlessAccepted } from "../disclaimers/accept-disclaimers.js";
import type { Disclaimer } from "../disclaimers/disclaimer.js";
import { missingDisclaimers } from "../disclaimers/missing-disclaimers.js";
import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { AcceptedDisclaimer, PendingSession, SessionMemory } from "./pending-session.js";
import { recordRefusedStep } from "./record-refused-step.js";

export interface Acceptances {
  readonly offered: readonly OfferedAcceptance[];
  /** In which the texts were offered. */
  readonly language: string;
  readonly origin: Origin;
  readonly now: Instant;
}

/**
 * What a session knows once its first step after `login` or `signup` is taken, in which disclaimers are accepted: before any factor is
 * looked at, and without a counted try. Later steps change nothing. Whether somebody has accepted a text tells that he is there: a
 * sign-in on a hardened mount asks for it at its end.
 */
export const takeFirstStep = async (
  needs: FlowNeeds,
  session: PendingSession,
  acceptances: Acceptances,
): Promise<SessionMemory> => {
  const { memory } = session;
  if (memory.isBegun) return memory;
  const { offered, now } = acceptances;
  const isAsked = memory.via === "signup" || needs.policy.profile === "contract";
  const required = isAsked
    ? await missingDisclaimers(needs.stores, session.accountId, now)
    : await needs.stores.disclaimers.requiredAt(now);
  if (isAsked) await refuseMissing(needs, session, { ...acceptances, required });
  return { ...memory, isBegun: true, accepted: accepted(acceptedAmong(required, offered), acceptances) };
};

/** Refuses with `disclaimer-not-accepted`, and writes it down. */
export const refuseMissing = async (
  needs: Pick<FlowNeeds, "stores">,
  session: PendingSession,
  { required, offered, origin, now }: Acceptances & { readonly required: readonly Disclaimer[] },
): Promise<void> => {
  try {
    refuseUnlessAccepted(required, offered);
  } catch (error) {
    if (error instanceof Refusal) await recordRefusedStep(needs, error, { session, origin, now });
    throw error;
  }
};

/** As they will be written down. */
export const accepted = (
  disclaimers: readonly Disclaimer[],
  { language, origin, now }: Acceptances,
): readonly AcceptedDisclaimer[] =>
  disclaimers.map(({ code, version }) => ({ code, version, language, acceptedAt: now, requestId: origin.requestId }));
