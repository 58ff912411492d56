import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import type { MessageId } from "#core/ids.js";
import type { Courier } from "#core/outbox/courier.js";
import { deliverMessages } from "#core/outbox/deliver-messages.js";
import type { Message } from "#core/outbox/message.js";
import { openStores, type OpenStores } from "../conformance/open-stores.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { givenMessage } from "../mail/given-message.js";

const second = 1000;
const minute = 60 * second;
const began = 1_800_000_000_000;
const downUntil = began + 10 * minute;

/** A courier whose server is away, and then there again; it remembers. */
const courierOf = (clock: { now(): number }) => {
  const attempts = new Map<MessageId, number[]>();
  const sent: { readonly id: MessageId; readonly at: number }[] = [];
  const courier: Courier = {
    channel: "mail",
    gateway: "",
    attemptIn: 240_000,
    async send({ id }) {
      attempts.set(id, [...(attempts.get(id) ?? []), clock.now()]);
      if (clock.now() < downUntil) return { kind: "failed", error: "connect ECONNREFUSED" };
      sent.push({ id, at: clock.now() });
      return { kind: "sent" };
    },
  };
  return { courier, attempts, sent };
};

describeOnEveryEngine("an SMTP server that is away for ten minutes", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("loses no message: each is sent once, in its time, or dies with its code and says so", async (test) => {
    const { outbox } = open.realm.stores;
    let now = began;
    const clock = { now: () => now };
    const { courier, attempts, sent } = courierOf(clock);
    const messages = planned();
    const waiting = [...messages];
    for (; now < began + 40 * minute; now += second) {
      for (let next = waiting[0]; next !== undefined && next.createdAt <= now; next = waiting[0]) {
        await outbox.append(next);
        waiting.shift();
      }
      const deliveries = await deliverMessages(
        { clock, random: systemRandom, outbox: open.database.outbox, courier },
        { owner: "node", limit: 50 },
      );
      await Promise.all(deliveries);
    }

    const survivors = messages.filter(({ expiresAt }) => expiresAt > downUntil + 15 * minute);
    const lost = messages.filter(({ expiresAt }) => expiresAt <= downUntil);
    const sentIds = sent.map(({ id }) => id);
    assert.equal(new Set(sentIds).size, sentIds.length, "none is sent twice");
    assert.deepEqual(
      survivors.filter(({ id }) => !sentIds.includes(id)),
      [],
    );
    for (const { id, at } of sent) {
      const message = messages.find((one) => one.id === id);
      assert.ok(message !== undefined && at < message.expiresAt, "none is sent after its time");
    }
    assert.deepEqual(
      lost.filter(({ id }) => sentIds.includes(id)),
      [],
    );

    const { waiting: left, dead } = await outbox.count();
    assert.deepEqual([left, dead], [0, messages.length - sent.length]);
    for (const { content, error, finishedAt, expiresAt } of await outbox.list({ states: ["dead"] }, 1000)) {
      assert.ok(content !== undefined);
      assert.equal(error, "its time was over before it could be sent; last: connect ECONNREFUSED");
      assert.ok(finishedAt !== undefined && finishedAt >= expiresAt && finishedAt < expiresAt + 2 * second);
    }

    const firsts = messages.map(({ id }) => attempts.get(id)?.[0] ?? 0);
    assert.deepEqual(
      firsts,
      firsts.toSorted((one, other) => one - other),
      "the first attempts come in the order of the messages",
    );
    for (const times of attempts.values())
      for (const [at, time] of times.slice(1).entries()) {
        const gap = time - (times[at] ?? 0);
        const longest = Math.min(5 * second * 2 ** at, 15 * minute);
        assert.ok(gap >= 0.8 * longest && gap < longest + 2 * second, `attempt ${at + 2} came after ${gap} ms`);
      }
    test.diagnostic(`${engine.name}: ${messages.length} messages, ${sent.length} sent, ${dead} died with their code`);
  });
});

/** A message each seven seconds of the outage and a while after: codes of five minutes, links of thirty, notices of a day. */
function planned(): readonly Message[] {
  const lives = [5 * minute, 30 * minute, 24 * 60 * minute];
  return Array.from({ length: 120 }, (_, at) => {
    const createdAt = began + at * 7 * second;
    return givenMessage({ createdAt, expiresAt: createdAt + (lives[at % lives.length] ?? minute) });
  });
}
