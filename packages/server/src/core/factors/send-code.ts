import type { AccountId, Instant, SignInId } from "../ids.js";
import { sendingLimited, sendingSubject } from "../limits/sending-subject.js";
import { takeSmsBudget } from "../limits/take-sms-budget.js";
import type { Channel, Letter } from "../outbox/message.js";
import { newMessage } from "../outbox/write-letter.js";
import type { MountPolicy } from "../policy.js";
import type { PhoneNumbers } from "../identities/phone-numbers.js";
import type { Random, Secrets, Stores } from "../ports.js";
import type { Refusal } from "../refusal.js";
import { drawCode } from "./draw-code.js";
import type { SessionCodePurpose } from "./factor.js";
import { codeLivesIn } from "./one-time-code.js";

export interface SendCodeNeeds {
  readonly random: Random;
  readonly secrets: Secrets;
  readonly phoneNumbers: Pick<PhoneNumbers, "describe">;
  readonly policy: Pick<MountPolicy, "mount" | "clientId" | "codes">;
}

export interface SendCodeCommand {
  readonly purpose: SessionCodePurpose;
  /** Whose code it is: one live code for each session and purpose, a newer one replaces it. */
  readonly sessionId: SignInId;
  readonly accountId: AccountId | undefined;
  readonly to: CodeAddress;
  /** `decoy`: takes the same steps and the same budgets, fits nothing and is never sent. */
  readonly fits: "code" | "decoy";
  /** Nobody may learn that the address has had too many: a decoy then takes the code's place. */
  readonly isQuiet: boolean;
  readonly language: string;
  readonly now: Instant;
}

export interface CodeAddress {
  readonly channel: Channel;
  readonly displayValue: string;
  /** Of an SMS the number in E.164. */
  readonly normalizedValue: string;
}

/**
 * Within a transaction: draws a code for a session and sends it. Refuses with `sending-limited` when the address, or for SMS its range,
 * its country, the client or the realm, has had too many; the transaction must then be undone. Tries of the identity are not refilled.
 */
export const sendSignInCode = async (needs: SendCodeNeeds, stores: Stores, command: SendCodeCommand): Promise<void> => {
  const { purpose, sessionId, accountId, to, isQuiet, language, now } = command;
  const refusal = await takeSendingBudget(needs, stores, { to, now });
  if (refusal !== undefined && !isQuiet) throw refusal;
  const fits = refusal === undefined ? command.fits : "decoy";
  const { code, kept } = drawCode(needs, { purpose, owner: sessionId, accountId, fits, now });
  await stores.codes.replace(kept);
  const message = newMessage(needs, {
    channel: to.channel,
    to: to.channel === "sms" ? to.normalizedValue : to.displayValue,
    language,
    letter: letterOf(purpose, code),
    accountId,
    fate: fits === "code" ? "send" : "drop",
    now,
    livesIn: codeLivesIn,
  });
  await stores.outbox.append(message);
};

const takeSendingBudget = async (
  needs: SendCodeNeeds,
  stores: Stores,
  { to, now }: Pick<SendCodeCommand, "to" | "now">,
): Promise<Refusal<"sending-limited"> | undefined> => {
  if (to.channel === "sms") return takeSmsBudget(needs, stores, { to: to.normalizedValue, now });
  const subject = sendingSubject(needs.secrets, to.normalizedValue);
  const waitIn = await stores.sendings.take(subject, needs.policy.codes.sending, now);
  return waitIn === undefined ? undefined : sendingLimited(waitIn);
};

const letterOf = (purpose: SessionCodePurpose, code: string): Letter => {
  switch (purpose) {
    case "sign-in":
      return { kind: "sign-in-code", code, expiresIn: codeLivesIn };
    case "recovery":
      return { kind: "recovery-code", code, expiresIn: codeLivesIn };
    case "registration":
      return { kind: "registration-code", code, expiresIn: codeLivesIn };
  }
};
