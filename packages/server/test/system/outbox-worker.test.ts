import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { createOutboxWorker } from "#adapters/system/outbox-worker.js";
import type { MessageId } from "#core/ids.js";
import type { Delivery } from "#core/outbox/courier.js";
import type { LeasedMessage } from "#core/outbox/outbox-store.js";
import { givenLeasedMessage } from "../mail/given-message.js";
import { poll } from "../server/poll.js";

/** An outbox in memory and a courier whose deliveries the test ends; the worker between them. */
const stage = ({ concurrency = 2 } = {}) => {
  const due: LeasedMessage[] = [];
  const finished: (readonly [MessageId, string])[] = [];
  const underWay = new Map<MessageId, (delivery: Delivery) => void>();
  const failures: unknown[] = [];
  const state = { most: 0, leases: 0, isAway: false, isClosed: false };
  const away = (): void => {
    if (state.isAway) throw new Error("the database is away");
  };
  const worker = createOutboxWorker({
    clock: { now: () => Date.now() },
    random: systemRandom,
    owner: "node",
    concurrency,
    outbox: {
      lease: async ({ limit }) => {
        state.leases += 1;
        away();
        return due.splice(0, limit);
      },
      finish: async ({ id }, _owner, { kind }) => {
        away();
        finished.push([id, kind]);
      },
    },
    courier: {
      channel: "mail",
      gateway: "",
      attemptIn: 240_000,
      send: ({ id }) =>
        new Promise((resolve) => {
          underWay.set(id, (delivery) => {
            underWay.delete(id);
            resolve(delivery);
          });
          state.most = Math.max(state.most, underWay.size);
          if (state.isClosed) underWay.get(id)?.({ kind: "failed", error: "closed" });
        }),
      close: () => {
        state.isClosed = true;
        for (const end of underWay.values()) end({ kind: "failed", error: "closed" });
      },
    },
    onDelivered: () => {},
    onFailed: (error) => failures.push(error),
  });
  const put = (count: number): readonly LeasedMessage[] => {
    const messages = Array.from({ length: count }, () => givenLeasedMessage());
    due.push(...messages);
    return messages;
  };
  const until = (what: string, isSo: () => boolean) => poll(what, 5000, async () => (isSo() ? true : undefined));
  return { worker, put, until, due, finished, underWay, failures, state };
};

describe("the outbox worker", () => {
  test("sends what it is woken for, without a tick of its clock, and not before its waker is done", async () => {
    const { worker, put, until, state, underWay, finished } = stage();
    const [message] = put(1);
    worker.wake();
    worker.wake();
    await Promise.resolve();
    assert.equal(state.leases, 0);
    await until("it is under way", () => underWay.size === 1);
    assert.ok(message !== undefined);
    underWay.get(message.id)?.({ kind: "sent" });
    await until("it is told", () => finished.length === 1);
    assert.deepEqual(finished, [[message.id, "sent"]]);
    await worker.stop();
  });

  test("finds by itself what nobody woke it for", async () => {
    const { worker, put, until, underWay } = stage();
    worker.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    put(1);
    await until("it is under way", () => underWay.size === 1);
    for (const end of underWay.values()) end({ kind: "sent" });
    await worker.stop();
  });

  test("has no more under way than it may, and goes on as each comes to its end", async () => {
    const { worker, put, until, underWay, finished, state } = stage({ concurrency: 3 });
    const messages = put(10);
    worker.wake();
    for (let ended = 0; ended < messages.length; ended += 1) {
      await until("one is under way", () => underWay.size > 0);
      [...underWay.values()][0]?.({ kind: "sent" });
    }
    await until("all are told", () => finished.length === messages.length);
    assert.equal(state.most, 3);
    await worker.stop();
  });

  test("says what became of a message until it is heard", async () => {
    const { worker, put, until, underWay, finished, state, failures } = stage();
    put(1);
    worker.wake();
    await until("it is under way", () => underWay.size === 1);
    state.isAway = true;
    for (const end of underWay.values()) end({ kind: "sent" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(finished, []);
    state.isAway = false;
    await until("it is told", () => finished.length === 1);
    assert.deepEqual(failures, []);
    await worker.stop();
  });

  test("says once that its outbox is away", async () => {
    const { worker, until, state, failures } = stage();
    state.isAway = true;
    for (let times = 1; times <= 3; times += 1) {
      worker.wake();
      await until("it has looked", () => state.leases === times);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(failures.length, 1);
    await worker.stop();
  });

  test("finishes what it holds when it is stopped, and takes nothing more", async () => {
    const { worker, put, until, underWay, finished, due, state } = stage({ concurrency: 1 });
    put(2);
    worker.wake();
    await until("one is under way", () => underWay.size === 1);
    const stopped = worker.stop();
    for (const end of underWay.values()) end({ kind: "sent" });
    await stopped;
    worker.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([finished.length, due.length, state.isClosed], [1, 1, true]);
  });

  test("cuts off what does not come to its end, and says so", async () => {
    const { worker, put, until, underWay, finished } = stage();
    const [message] = put(1);
    worker.wake();
    await until("it is under way", () => underWay.size === 1);
    await worker.stop();
    assert.deepEqual(finished, [[message?.id, "failed"]]);
  });
});
