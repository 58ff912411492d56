import type { Selectable } from "kysely";
import type { AccountId, MessageId } from "#core/ids.js";
import type { Channel, Letter, Message } from "#core/outbox/message.js";
import type { KeptMessage, OutboxState } from "#core/outbox/outbox-store.js";
import { orUndefined, type StoreContext } from "./store-context.js";
import type { MessageTable } from "./tables.js";

export type MessageRow = Selectable<MessageTable>;
/** What is sealed of a message. */
export type Content = Pick<Message, "to" | "letter">;

/** `undefined` when its secret is gone. */
export const contentOf = (
  { secrets }: Pick<StoreContext, "secrets">,
  { message_id, sealed }: MessageRow,
): Content | undefined => {
  try {
    // Sealed by `append`, from these types.
    return JSON.parse(secrets.unseal("message", message_id, sealed)) as Content;
  } catch {
    return undefined;
  }
};

// Ids and channel were written by the outbox store, from these types.
export const headOf = (row: MessageRow) => ({
  id: row.message_id as MessageId,
  channel: row.channel as Channel,
  language: row.language,
  accountId: row.account_id === null ? undefined : (row.account_id as AccountId),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

export const keptOf = (context: Pick<StoreContext, "secrets">, row: MessageRow): KeptMessage => ({
  ...headOf(row),
  kind: row.kind as Letter["kind"],
  content: row.state === "sent" || row.state === "dropped" ? undefined : contentOf(context, row),
  state: row.state as OutboxState,
  attempts: row.attempts,
  dueAt: row.due_at,
  finishedAt: orUndefined(row.finished_at),
  error: row.error,
});
