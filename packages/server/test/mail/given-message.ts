import { systemRandom } from "#adapters/system/random.js";
import { defaultRealm, newMessageId } from "#core/ids.js";
import type { Message } from "#core/outbox/message.js";
import type { LeasedMessage } from "#core/outbox/outbox-store.js";

/** A number that gets SMS. */
const givenNumber = "+989121234567";

/** A message with a code of its own, good for five minutes. A row names only what matters to it. */
export function givenMessage(over: Partial<Message> = {}): Message {
  const createdAt = over.createdAt ?? Date.now();
  return {
    id: newMessageId(systemRandom),
    channel: "mail",
    to: over.channel === "sms" ? givenNumber : "ada@example.org",
    language: "en",
    letter: { kind: "registration-code", code: systemRandom.digits(6), expiresIn: 300_000 },
    accountId: undefined,
    createdAt,
    expiresAt: createdAt + 300_000,
    fate: "send",
    ...over,
  };
}

/** A message at its first attempt, at whatever gateway is the first. */
export function givenLeasedMessage(over: Partial<LeasedMessage> = {}): LeasedMessage {
  return {
    ...givenMessage(over),
    realmId: defaultRealm,
    attempt: 1,
    gateway: "",
    mayHaveArrived: false,
    ...over,
  };
}
