import { systemRandom } from "#adapters/system/random.js";
import { newMessageId } from "#core/ids.js";
import type { Message } from "#core/outbox/message.js";

/** A message with a code of its own, good for five minutes. A row names only what matters to it. */
export function givenMessage(over: Partial<Message> = {}): Message {
  const createdAt = over.createdAt ?? Date.now();
  return {
    id: newMessageId(systemRandom),
    to: "ada@example.org",
    language: "en",
    letter: { kind: "registration-code", code: systemRandom.digits(6), expiresIn: 300_000 },
    accountId: undefined,
    createdAt,
    expiresAt: createdAt + 300_000,
    fate: "send",
    ...over,
  };
}
