import type { AccountWithIdentifiers } from "../accounts/account-store.js";
import type { Identifier } from "../identities/identifier.js";
import { type Instant, newMessageId } from "../ids.js";
import type { SendingBudget } from "../limits/sending-budget.js";
import type { Random, Stores } from "../ports.js";
import type { Letter, Message } from "./message.js";

/** Milliseconds for which a notice is worth sending. */
export const noticeLivesIn = 86_400_000;

/** Notices by SMS to one account: what strangers can bring about must not cost more. By mail there are all. */
const noticesBySms: SendingBudget = { pauseIn: 0, perHour: 5, perDay: 10 };

/** A message that begins its way now; it is on it once it is appended to the outbox. */
export const newMessage = (
  needs: { readonly random: Random },
  message: Omit<Message, "id" | "createdAt" | "expiresAt"> & { readonly now: Instant; readonly livesIn: number },
): Message => {
  const { now, livesIn, ...written } = message;
  return { ...written, id: newMessageId(needs.random), createdAt: now, expiresAt: now + livesIn };
};

/**
 * Within a transaction: tells the owner of an account what happened to it, by mail at each address that he has proven and by SMS at his
 * number. `livesIn`: how long it is worth telling, where not as any notice.
 */
export const tellOwner = async (
  needs: { readonly random: Random },
  { outbox, sendings }: Pick<Stores, "outbox" | "sendings">,
  told: AccountWithIdentifiers & { readonly letter: Letter; readonly now: Instant; readonly livesIn?: number },
): Promise<void> => {
  const { account, identifiers, letter, now, livesIn = noticeLivesIn } = told;
  const about = { language: account.language, letter, accountId: account.id, fate: "send", now, livesIn } as const;
  for (const { displayValue } of provenOf(identifiers, "email"))
    await outbox.append(newMessage(needs, { ...about, channel: "mail", to: displayValue }));
  const [phone] = provenOf(identifiers, "phone");
  if (phone === undefined) return;
  const waitIn = await sendings.take(`notice-sms ${account.id}`, noticesBySms, now);
  if (waitIn === undefined)
    await outbox.append(newMessage(needs, { ...about, channel: "sms", to: phone.normalizedValue }));
};

/** The primary one first. */
const provenOf = (identifiers: readonly Identifier[], kind: Identifier["kind"]): readonly Identifier[] =>
  identifiers
    .filter((identifier) => identifier.kind === kind && identifier.provenAt !== undefined)
    .toSorted((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
