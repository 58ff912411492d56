import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import type { Delivery } from "#core/outbox/courier.js";
import { deliverMessages } from "#core/outbox/deliver-messages.js";
import type { DeliveryOutcome, LeasedMessage, OutboxLease } from "#core/outbox/outbox-store.js";
import { givenLeasedMessage } from "../mail/given-message.js";

const now = 1_800_000_000_000;

/** Delivers one message at this attempt, and tells what was leased and what it was finished with. */
const deliverOne = async (attempt: number, delivery: Delivery, digits = "0000") => {
  const leases: OutboxLease[] = [];
  const outcomes: (readonly [Pick<LeasedMessage, "id" | "realmId">, string, DeliveryOutcome])[] = [];
  const message = givenLeasedMessage({ channel: "sms", gateway: "one", attempt });
  const deliveries = await deliverMessages(
    {
      clock: { now: () => now },
      random: { ...systemRandom, digits: () => digits },
      outbox: {
        lease: async (lease) => {
          leases.push(lease);
          return [message];
        },
        finish: async (...finished) => void outcomes.push(finished),
      },
      courier: { channel: "sms", gateway: "first", attemptIn: 10_000, send: async () => delivery },
    },
    { owner: "node", limit: 3 },
  );
  assert.deepEqual(await Promise.all(deliveries), [
    { id: message.id, channel: "sms", gateway: "one", attempt, delivery },
  ]);
  assert.deepEqual(leases, [
    { channel: "sms", gateway: "first", owner: "node", now, leasedUntil: now + 40_000, limit: 3 },
  ]);
  const [[of, owner, outcome] = []] = outcomes;
  assert.deepEqual([outcomes.length, of?.id, of?.realmId, owner], [1, message.id, "default", "node"]);
  return outcome;
};

describe("deliverMessages", () => {
  const outcomes: readonly (readonly [Delivery, DeliveryOutcome])[] = [
    [{ kind: "sent" }, { kind: "sent", at: now }],
    [
      { kind: "refused", error: "550" },
      { kind: "refused", at: now, error: "550" },
    ],
    [
      { kind: "failed", error: "450" },
      { kind: "failed", at: now, retryAt: now + 5000, error: "450" },
    ],
    [
      { kind: "failed", error: "402", next: { gateway: "two", isAtOnce: true } },
      { kind: "failed", at: now, retryAt: now, error: "402", gateway: "two" },
    ],
    [
      { kind: "failed", error: "402", next: { gateway: "first", isAtOnce: false } },
      { kind: "failed", at: now, retryAt: now + 5000, error: "402", gateway: "first" },
    ],
    [
      { kind: "unknown", error: "cut" },
      { kind: "unknown", at: now, retryAt: now + 5000, error: "cut" },
    ],
  ];
  for (const [delivery, outcome] of outcomes)
    test(`says of a message that was ${delivery.kind} what it is: ${JSON.stringify(outcome)}`, async () => {
      assert.deepEqual(await deliverOne(1, delivery), outcome);
    });

  const pauses: readonly (readonly [attempt: number, seconds: number])[] = [
    [1, 5],
    [2, 10],
    [3, 20],
    [7, 320],
    [8, 640],
    [9, 900],
    [10, 900],
    [1000, 900],
  ];
  for (const [attempt, seconds] of pauses)
    test(`waits ${seconds} s after attempt ${attempt}, or up to a fifth less`, async () => {
      const failed: Delivery = { kind: "failed", error: "" };
      const pauseOf = async (digits: string) => {
        const outcome = await deliverOne(attempt, failed, digits);
        return outcome?.kind === "failed" ? outcome.retryAt - now : undefined;
      };
      assert.equal(await pauseOf("0000"), seconds * 1000);
      assert.equal(await pauseOf("5000"), seconds * 900);
      assert.equal(await pauseOf("9999"), Math.round(seconds * 800.02));
    });
});
