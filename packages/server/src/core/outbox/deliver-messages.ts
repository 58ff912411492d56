import type { Instant, MessageId } from "../ids.js";
import type { Clock, Random } from "../ports.js";
import type { Courier, Delivery } from "./courier.js";
import type { Channel } from "./message.js";
import type { DeliveryOutcome, LeasedMessage, OutboxQueue } from "./outbox-store.js";

export interface DeliveryNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly outbox: OutboxQueue;
  readonly courier: Courier;
}

/** What became of one attempt. */
export interface DeliveredMessage {
  readonly id: MessageId;
  readonly channel: Channel;
  readonly gateway: string;
  readonly attempt: number;
  readonly delivery: Delivery;
}

/** Milliseconds for which a message is held beyond an attempt: the time to say what became of it. */
const toldIn = 30_000;
const firstPauseIn = 5_000;
const longestPauseIn = 15 * 60_000;

/**
 * Takes at most `limit` due messages and sends them side by side; nobody else sends them meanwhile. Resolves once they are taken,
 * with one promise each. One that rejects could not say what became of its message, which then counts as unknown.
 */
export const deliverMessages = async (
  needs: DeliveryNeeds,
  { owner, limit }: { readonly owner: string; readonly limit: number },
): Promise<readonly Promise<DeliveredMessage>[]> => {
  const now = needs.clock.now();
  const { channel, gateway, attemptIn } = needs.courier;
  const leasedUntil = now + attemptIn + toldIn;
  const leased = await needs.outbox.lease({ channel, gateway, owner, now, leasedUntil, limit });
  return leased.map((message) => deliver(needs, owner, message));
};

const deliver = async (needs: DeliveryNeeds, owner: string, message: LeasedMessage): Promise<DeliveredMessage> => {
  const { id, channel, gateway, attempt } = message;
  const delivery = await needs.courier.send(message);
  await needs.outbox.finish(message, owner, outcomeOf(delivery, needs.clock.now(), pauseAfter(attempt, needs.random)));
  return { id, channel, gateway, attempt, delivery };
};

const outcomeOf = (delivery: Delivery, at: Instant, pauseIn: number): DeliveryOutcome => {
  const { kind } = delivery;
  switch (kind) {
    case "sent":
      return { kind, at };
    case "refused":
      return { kind, at, error: delivery.error };
    case "unknown":
      return { kind, at, retryAt: at + pauseIn, error: delivery.error };
    case "failed": {
      const { error, next } = delivery;
      if (next === undefined) return { kind, at, retryAt: at + pauseIn, error };
      return { kind, at, retryAt: next.isAtOnce ? at : at + pauseIn, error, gateway: next.gateway };
    }
  }
};

/** Doubled with each attempt, and up to a fifth shorter by chance: what failed together does not come again together. */
const pauseAfter = (attempt: number, random: Random): number => {
  const pauseIn = Math.min(firstPauseIn * 2 ** Math.min(attempt - 1, 30), longestPauseIn);
  return Math.round(pauseIn * (1 - Number(random.digits(4)) / 50_000));
};
