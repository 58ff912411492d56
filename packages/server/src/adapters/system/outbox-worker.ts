import { type DeliveredMessage, deliverMessages, type DeliveryNeeds } from "#core/outbox/deliver-messages.js";
import type { OutboxQueue } from "#core/outbox/outbox-store.js";

export interface OutboxWorkerNeeds extends DeliveryNeeds {
  readonly courier: DeliveryNeeds["courier"] & { close(): void };
  /** This process, in leases. */
  readonly owner: string;
  /** Messages under way at once at most. */
  readonly concurrency: number;
  onDelivered(message: DeliveredMessage): void;
  /** The outbox cannot be asked, told once until it can; or it could not be told what became of a message. */
  onFailed(error: unknown): void;
}

export interface OutboxWorker {
  start(): void;
  /** Looks for due messages soon, once the caller is done. */
  wake(): void;
  /** Takes nothing more, finishes what it holds, and cuts off what takes too long. */
  stop(): Promise<void>;
}

const lookEveryIn = 1_000;
const saysAgainIn = 1_000;
/** Milliseconds in which a stopping worker lets messages under way come to their end: within what a server's stop takes. */
const finishesIn = 5_000;

/** Sends due messages of the courier's channel as they come, beside everything else. */
export const createOutboxWorker = (needs: OutboxWorkerNeeds): OutboxWorker => {
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isWoken = false;
  let isStopping = false;
  let isAway = false;
  const delivery: DeliveryNeeds = { ...needs, outbox: insisting(needs.outbox, () => isStopping) };

  const look = async (): Promise<void> => {
    while (isWoken && !isStopping) {
      isWoken = false;
      const limit = needs.concurrency - underWay.size;
      if (limit <= 0) return;
      for (const message of await deliverMessages(delivery, { owner: needs.owner, limit })) follow(message);
      isAway = false;
    }
  };

  const tellOnce = (error: unknown): void => {
    if (!isAway) needs.onFailed(error);
    isAway = true;
  };

  const follow = (message: Promise<DeliveredMessage>): void => {
    const followed = message
      .then(
        (delivered) => needs.onDelivered(delivered),
        (error: unknown) => needs.onFailed(error),
      )
      .finally(() => {
        underWay.delete(followed);
        wake();
      });
    underWay.add(followed);
  };

  const wake = (): void => {
    isWoken = true;
    if (looking !== undefined || isStopping) return;
    looking = later()
      .then(look)
      .catch(tellOnce)
      .finally(() => {
        looking = undefined;
        if (isWoken && underWay.size < needs.concurrency) wake();
      });
  };

  return {
    wake,
    start() {
      timer = setInterval(wake, lookEveryIn).unref();
      wake();
    },
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await looking;
      const finished = Promise.all(underWay);
      const cut = setTimeout(() => needs.courier.close(), finishesIn);
      await finished;
      clearTimeout(cut);
      needs.courier.close();
    },
  };
};

/** After what is waiting in this turn of the loop: the answer that told of the message goes out first. */
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Says what became of a message until it is heard: one that was sent must not be sent again because the database was away. */
const insisting = (outbox: DeliveryNeeds["outbox"], isStopping: () => boolean): OutboxQueue => ({
  lease: (lease) => outbox.lease(lease),
  async finish(message, owner, outcome) {
    for (let tries = 0; ; tries += 1) {
      try {
        return await outbox.finish(message, owner, outcome);
      } catch (error) {
        if (isStopping() || tries >= 25) throw error;
        await new Promise((resolve) => setTimeout(resolve, saysAgainIn));
      }
    }
  },
});
