import type { AccountWithIdentifiers } from "../accounts/account-store.js";
import { type Instant, newMessageId } from "../ids.js";
import type { Random, Stores } from "../ports.js";
import type { Letter, Message } from "./message.js";

/** Milliseconds for which a notice is worth sending. */
export const noticeLivesIn = 86_400_000;

/** A message that begins its way now; it is on it once it is appended to the outbox. */
export const newMessage = (
  needs: { readonly random: Random },
  message: Omit<Message, "id" | "createdAt" | "expiresAt"> & { readonly now: Instant; readonly livesIn: number },
): Message => {
  const { now, livesIn, ...written } = message;
  return { ...written, id: newMessageId(needs.random), createdAt: now, expiresAt: now + livesIn };
};

/** Within a transaction: tells the owner of an account by mail what happened to it, if the account has a proven address. */
export const tellOwner = async (
  needs: { readonly random: Random },
  { outbox }: Pick<Stores, "outbox">,
  { account, identifiers, letter, now }: AccountWithIdentifiers & { readonly letter: Letter; readonly now: Instant },
): Promise<void> => {
  const address = identifiers.find(({ kind, provenAt }) => kind === "email" && provenAt !== undefined);
  if (address === undefined) return;
  await outbox.append(
    newMessage(needs, {
      channel: "mail",
      to: address.displayValue,
      language: account.language,
      letter,
      accountId: account.id,
      fate: "send",
      now,
      livesIn: noticeLivesIn,
    }),
  );
};
