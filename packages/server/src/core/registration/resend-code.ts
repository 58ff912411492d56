import { drawCode } from "../factors/draw-code.js";
import { comparableEmail, findProvenHolder } from "../identities/find-proven-holder.js";
import { sendingLimited, sendingSubject } from "../limits/sending-subject.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Random, Secrets, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { registrationMessage } from "./start-registration.js";

export interface ResendNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

/**
 * Mails a new code for the registration that waits on this mount; the one before it is dead, with all its tries. Refuses with
 * `registration-unknown` before anything is counted. A decoy gets a code that nothing fits, and its owner no second letter.
 */
export const resendRegistrationCode = async (
  needs: ResendNeeds,
  command: { readonly email: string; readonly origin: Origin },
): Promise<void> => {
  const { secrets, policy } = needs;
  const now = needs.clock.now();
  const email = comparableEmail(secrets, command.email);
  const find = async ({ pendingRegistrations }: Stores) => {
    const pending = await pendingRegistrations.find(policy.mount, email, now);
    if (pending === undefined) throw new Refusal("registration-unknown", { reason: "nothing pending" });
    return pending;
  };
  await find(needs.stores);
  await needs.transaction(async (stores) => {
    const waitIn = await stores.sendings.take(sendingSubject(secrets, email), policy.codes.sending, now);
    if (waitIn !== undefined) throw sendingLimited(waitIn);
    const pending = await find(stores);
    const { isDecoy, guestId } = pending;
    const holder = await findProvenHolder(stores, email);
    const { code, kept } = drawCode(needs, {
      purpose: "registration",
      owner: email,
      accountId: undefined,
      fits: isDecoy ? "decoy" : "code",
      now,
    });
    await stores.codes.replace(kept);
    const message = registrationMessage(needs, { pending, code, holder: isDecoy ? holder : undefined, now });
    await stores.outbox.append({ ...message, fate: isDecoy ? "drop" : "send" });
    await stores.audit.append({
      at: now,
      kind: "registration-started",
      accountId: guestId,
      origin: command.origin,
      details: { isDecoy, isResent: true },
    });
  });
};
