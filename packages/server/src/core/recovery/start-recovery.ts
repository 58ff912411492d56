import { mayAct } from "../accounts/account.js";
import { drawCode } from "../factors/draw-code.js";
import { codeLivesIn } from "../factors/one-time-code.js";
import { comparableEmail, findProvenHolder } from "../identities/find-proven-holder.js";
import { sendingLimited, sendingSubject } from "../limits/sending-subject.js";
import type { Origin } from "../origin.js";
import { newMessage } from "../outbox/write-letter.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Random, Secrets, Stores, Transaction } from "../ports.js";

export interface StartRecoveryNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

/**
 * Mails a recovery code to the active account that has proven this address. An address of nobody takes the same steps: its code fits
 * nothing, its letter is dropped instead of sent. Only too many of them for one address are refused, whosever it is.
 */
export const startRecovery = async (
  needs: StartRecoveryNeeds,
  command: { readonly email: string; readonly origin: Origin },
): Promise<void> => {
  const { secrets, policy } = needs;
  const now = needs.clock.now();
  const email = comparableEmail(secrets, command.email);
  const holder = await findProvenHolder(needs.stores, email);
  const isSent = holder !== undefined && mayAct(holder.account);
  const accountId = holder?.account.id;
  await needs.transaction(async (stores) => {
    const waitIn = await stores.sendings.take(sendingSubject(secrets, email), policy.codes.sending, now);
    if (waitIn !== undefined) throw sendingLimited(waitIn);
    const { code, kept } = drawCode(needs, {
      purpose: "recovery",
      owner: email,
      accountId,
      fits: isSent ? "code" : "decoy",
      now,
    });
    await stores.codes.replace(kept);
    await stores.outbox.append(
      newMessage(needs, {
        channel: "mail",
        to: holder?.identifier.displayValue ?? command.email.trim(),
        language: holder?.account.language ?? "en",
        letter: { kind: "recovery-code", code, expiresIn: codeLivesIn },
        accountId,
        fate: isSent ? "send" : "drop",
        now,
        livesIn: codeLivesIn,
      }),
    );
    await stores.audit.append({
      at: now,
      kind: "recovery-started",
      accountId,
      origin: command.origin,
      details: { isSent },
    });
  });
};
