import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, it } from "node:test";
import { createSecrets } from "#adapters/system/secrets.js";
import { defaultRealm, type MessageId, type RealmId } from "#core/ids.js";
import type { Message } from "#core/outbox/message.js";
import type { DeliveryOutcome, OutboxLease, OutboxState, OutboxStore } from "#core/outbox/outbox-store.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { countGranted, givenAccount, givenMessage, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

const every: readonly OutboxState[] = ["waiting", "sent", "dropped", "dead"];

describeOnEveryEngine("outbox store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());
  // The queue is one for all realms.
  beforeEach(() => readRows(open.url, "delete from message"));

  /** An outbox of the test's own, and the queue that it is emptied by. */
  let realms = 0;
  const newOutbox = () => {
    realms += 1;
    const realmId = `realm ${realms}` as RealmId;
    const finish = (id: MessageId, owner: string, outcome: DeliveryOutcome): Promise<void> =>
      open.database.outbox.finish({ id, realmId }, owner, outcome);
    return { outbox: open.database.forRealm(realmId).stores.outbox, realmId, finish };
  };
  const append = async (outbox: OutboxStore, over: Partial<Message> = {}): Promise<Message> => {
    const message = givenMessage(over);
    await outbox.append(message);
    return message;
  };
  const lease = (over: Partial<OutboxLease> = {}, queue = open.database.outbox) =>
    queue.lease({ channel: "mail", gateway: "", owner: "one", now, leasedUntil: now + 100, limit: 10, ...over });
  const idsOf = (messages: readonly { readonly id: MessageId }[]): readonly MessageId[] => messages.map(({ id }) => id);
  const stateOf = async (outbox: OutboxStore, id: MessageId) => {
    const kept = (await outbox.list({ states: every }, 100)).find((message) => message.id === id);
    assert.ok(kept);
    assert.deepEqual(await outbox.find(id), kept);
    return kept;
  };
  const leaseOne = async (outbox: OutboxStore, over: Partial<Message> = {}): Promise<Message> => {
    const message = await append(outbox, over);
    assert.deepEqual(idsOf(await lease()), [message.id]);
    return message;
  };

  it("gives a message back to every field, and shows nothing of it in the database", async () => {
    const { outbox, realmId } = newOutbox();
    const message = await append(outbox, {
      to: "Plainly.Readable@example.com",
      language: "fa",
      letter: { kind: "identity-link-code", code: "098765", expiresIn: 300_000, provider: "گوگل" },
      accountId: givenAccount().id,
    });
    const { to, letter, fate, ...head } = message;
    assert.deepEqual(await outbox.list({ states: ["waiting"] }, 10), [
      {
        ...head,
        kind: "identity-link-code",
        content: { to, letter },
        state: "waiting",
        attempts: 0,
        dueAt: now,
        finishedAt: undefined,
        error: "",
      },
    ]);
    assert.deepEqual(await lease(), [{ ...message, realmId, attempt: 1, gateway: "", mayHaveArrived: false }]);
    assert.equal(fate, "send");
    const [row] = await readRows(open.url, `select * from message where message_id = '${message.id}'`);
    assert.doesNotMatch(JSON.stringify(row), /Readable|098765/i);
  });

  it("leases what is due, longest due first, and no more than was asked for", async () => {
    const { outbox } = newOutbox();
    const messages = [];
    for (const createdAt of [now, now - 2, now - 1, now + 1]) messages.push(await append(outbox, { createdAt }));
    assert.deepEqual(idsOf(await lease({ limit: 2 })), [messages[1]?.id, messages[2]?.id]);
    assert.deepEqual(idsOf(await lease()), [messages[0]?.id]);
    assert.deepEqual(await lease(), []);
    assert.deepEqual(idsOf(await lease({ now: now + 1 })), [messages[3]?.id]);
  });

  it("leases the messages of every realm, those of one channel", async () => {
    const realmIds = [newOutbox(), newOutbox()].map(({ outbox, realmId }) => ({ outbox, realmId }));
    const sent: string[] = [];
    for (const [index, channel] of (["sms", "mail", "sms"] as const).entries())
      for (const { outbox, realmId } of realmIds) {
        const { id } = await append(outbox, { channel, to: "+4915123456789", createdAt: now - 10 + index });
        if (channel === "sms") sent.push(`${realmId} ${id}`);
      }
    const taken = await lease({ channel: "sms", limit: 3 });
    const rest = await lease({ channel: "sms" });
    assert.deepEqual(
      [...taken, ...rest]
        .map(({ realmId, id, channel }) => `${realmId} ${id} ${channel}`)
        .toSorted((one, other) => one.localeCompare(other)),
      sent.map((known) => `${known} sms`).toSorted((one, other) => one.localeCompare(other)),
    );
    assert.deepEqual([taken.length, rest.length, (await lease()).length], [3, 1, 2]);
  });

  it("never gives one message to two of 32 who lease at once, on two nodes", async () => {
    const node = await openByUrl(open.url);
    try {
      for (let round = 0; round < rounds(); round += 1) {
        const { outbox } = newOutbox();
        const queues = [open.database.outbox, node.outbox];
        for (let count = 0; count < 40; count += 1) await append(outbox, { createdAt: now - (count % 3) });
        const taken = await Promise.all(
          Array.from({ length: 32 }, (_, index) => lease({ owner: `owner ${index}`, limit: 3 }, queues[index % 2])),
        );
        const ids = idsOf(taken.flat());
        assert.equal(new Set(ids).size, ids.length);
        assert.equal(ids.length, 40);
      }
    } finally {
      await node.close();
    }
  });

  for (const [at, isTaken] of [
    [now + 99, false],
    [now + 100, true],
    [now + 101, true],
  ] as const) {
    it(`gives a held message to ${isTaken ? "another node" : "nobody"} ${at - now} of 100 ms after its lease`, async () => {
      const { outbox } = newOutbox();
      const { id } = await leaseOne(outbox);
      const again = await lease({ owner: "two", now: at, leasedUntil: at + 100 });
      assert.deepEqual(
        again.map((message) => [message.id, message.attempt]),
        isTaken ? [[id, 2]] : [],
      );
    });
  }

  for (const [expiresAt, isSent] of [
    [now + 1, true],
    [now, false],
    [now - 1, false],
  ] as const) {
    it(`${isSent ? "leases" : "lets die"} a message whose time is over in ${expiresAt - now} ms`, async () => {
      const { outbox } = newOutbox();
      const { id } = await append(outbox, { createdAt: now - 10, expiresAt });
      assert.deepEqual(idsOf(await lease()), isSent ? [id] : []);
      if (isSent) return;
      const { state, finishedAt, error, attempts, content } = await stateOf(outbox, id);
      assert.deepEqual({ state, finishedAt, attempts }, { state: "dead", finishedAt: now, attempts: 0 });
      assert.match(error, /its time was over/);
      assert.notEqual(content, undefined);
    });
  }

  it("passes over any number of dead ones to what can be sent", async () => {
    const { outbox } = newOutbox();
    for (let count = 0; count < 25; count += 1) await append(outbox, { createdAt: now - 10, expiresAt: now });
    const { id } = await append(outbox);
    assert.deepEqual(idsOf(await lease({ limit: 4 })), [id]);
    assert.deepEqual(await outbox.count(), { waiting: 1, dead: 25 });
  });

  const failed = { kind: "failed", at: now + 1, retryAt: now + 50, error: "421 busy" } as const;
  const unknown = { ...failed, kind: "unknown", error: "cut after DATA" } as const;

  it("keeps of a sent message that it was sent, and nothing of the letter", async () => {
    const { outbox, finish } = newOutbox();
    const { id } = await leaseOne(outbox);
    await finish(id, "one", { kind: "sent", at: now + 5 });
    const { state, finishedAt, content, kind, attempts } = await stateOf(outbox, id);
    assert.deepEqual(
      { state, finishedAt, content, kind, attempts },
      { state: "sent", finishedAt: now + 5, content: undefined, kind: "registration-code", attempts: 1 },
    );
    const [row] = await readRows(open.url, `select sealed from message where message_id = '${id}'`);
    assert.equal(row?.["sealed"], "");
    assert.deepEqual(await lease({ now: now + 999 }), []);
  });

  it("keeps a refused message dead, letter and all", async () => {
    const { outbox, finish } = newOutbox();
    const { id, to, letter } = await leaseOne(outbox);
    await finish(id, "one", { kind: "refused", at: now + 5, error: "550 no such user" });
    const { state, finishedAt, content, error } = await stateOf(outbox, id);
    assert.deepEqual(
      { state, finishedAt, content, error },
      { state: "dead", finishedAt: now + 5, content: { to, letter }, error: "550 no such user" },
    );
    assert.deepEqual(await lease({ now: now + 999 }), []);
  });

  it("leases a failed message again when its next attempt is due, as often as it takes", async () => {
    const { outbox, finish } = newOutbox();
    const { id } = await leaseOne(outbox);
    for (let attempt = 2; attempt < 12; attempt += 1) {
      const at = now + attempt * 50;
      await finish(id, "one", { ...failed, retryAt: at });
      assert.deepEqual(await lease({ now: at - 1 }), []);
      const [again] = await lease({ now: at, leasedUntil: at + 100 });
      assert.deepEqual([again?.id, again?.attempt], [id, attempt]);
    }
  });

  it("lets a failed message die with its time, and keeps why it failed", async () => {
    const { outbox, finish } = newOutbox();
    const { id } = await leaseOne(outbox);
    await finish(id, "one", { ...failed, retryAt: now + 5000 });
    assert.equal((await stateOf(outbox, id)).dueAt, now + 1000);
    assert.deepEqual(await lease({ now: now + 999 }), []);
    assert.equal((await stateOf(outbox, id)).state, "waiting");
    assert.deepEqual(await lease({ now: now + 1000 }), []);
    const { state, error } = await stateOf(outbox, id);
    assert.equal(state, "dead");
    assert.match(error, /its time was over.*421 busy/);
  });

  it("sends a message again after one unknown outcome, and not after two", async () => {
    const { outbox, finish } = newOutbox();
    const { id } = await leaseOne(outbox);
    await finish(id, "one", unknown);
    assert.equal((await lease({ now: now + 49 })).length, 0);
    assert.equal((await lease({ now: now + 50, leasedUntil: now + 150 })).length, 1);
    await finish(id, "one", failed);
    assert.equal((await lease({ now: now + 51, leasedUntil: now + 151 }))[0]?.attempt, 3);
    await finish(id, "one", { ...unknown, at: now + 60 });
    const { state, finishedAt, error } = await stateOf(outbox, id);
    assert.deepEqual({ state, finishedAt, error }, { state: "dead", finishedAt: now + 60, error: "cut after DATA" });
  });

  it("takes two leases that ran out for two unknown outcomes", async () => {
    const { outbox } = newOutbox();
    const { id } = await leaseOne(outbox);
    assert.equal((await lease({ now: now + 100, leasedUntil: now + 200 })).length, 1);
    assert.equal((await lease({ now: now + 199 })).length, 0);
    assert.equal((await lease({ now: now + 200 })).length, 0);
    const { state, attempts, error } = await stateOf(outbox, id);
    assert.deepEqual({ state, attempts }, { state: "dead", attempts: 2 });
    assert.match(error, /outcome of two attempts is unknown/);
  });

  for (const outcome of [
    { kind: "sent", at: now },
    { kind: "refused", at: now, error: "no" },
    failed,
    unknown,
  ] satisfies readonly DeliveryOutcome[]) {
    it(`lets only the holder say that a message is ${outcome.kind}`, async () => {
      const { outbox, finish } = newOutbox();
      const { id } = await leaseOne(outbox);
      const held = await stateOf(outbox, id);
      await finish(id, "two", outcome);
      await finish(id, "", outcome);
      assert.deepEqual(await stateOf(outbox, id), held);
      await lease({ owner: "two", now: now + 100, leasedUntil: now + 200 });
      const taken = await stateOf(outbox, id);
      await finish(id, "one", outcome);
      assert.deepEqual(await stateOf(outbox, id), taken);
      await finish(id, "two", outcome);
      const told = await stateOf(outbox, id);
      assert.notDeepEqual(told, taken);
      await finish(id, "two", { kind: "sent", at: now });
      assert.deepEqual(await stateOf(outbox, id), told);
    });
  }

  it("never sends what is to be dropped, and keeps nothing of it", async () => {
    const { outbox } = newOutbox();
    const { id } = await append(outbox, { fate: "drop" });
    assert.deepEqual(await lease({ now: now + 999 }), []);
    const { state, finishedAt, content } = await stateOf(outbox, id);
    assert.deepEqual({ state, finishedAt, content }, { state: "dropped", finishedAt: now, content: undefined });
    assert.deepEqual(await outbox.list({ states: ["waiting", "dead"] }, 10), []);
    const sent = await append(outbox);
    const rows = await readRows(
      open.url,
      `select sealed from message where message_id in ('${id}', '${sent.id}') order by state`,
    );
    const [dropped, sealed] = rows.map((row) => String(row["sealed"]));
    assert.match(dropped ?? "", /^-+$/);
    assert.equal(dropped?.length, sealed?.length);
  });

  it("lets die what nobody can unseal any more, and sends the others", async () => {
    const { outbox, realmId } = newOutbox();
    const node = await openByUrl(open.url, createSecrets([randomBytes(32)]));
    try {
      const foreign = node.forRealm(realmId).stores.outbox;
      const lost = await append(foreign, { createdAt: now - 1 });
      const good = await append(outbox);
      assert.equal((await stateOf(outbox, lost.id)).content, undefined);
      assert.deepEqual(idsOf(await lease({ limit: 1 })), [good.id]);
      const { state, error } = await stateOf(outbox, lost.id);
      assert.equal(state, "dead");
      assert.match(error, /secret is not configured/);
      assert.equal(await foreign.retry(lost.id, now, now + 1000), true);
      assert.deepEqual(idsOf(await lease({}, node.outbox)), [lost.id]);
    } finally {
      await node.close();
    }
  });

  it("lists by state, newest first, and counts what waits and what is dead", async () => {
    const { outbox, finish } = newOutbox();
    assert.deepEqual(await outbox.count(), { waiting: 0, dead: 0 });
    const [one, two, three] = [
      await append(outbox, { createdAt: now - 2 }),
      await append(outbox, { createdAt: now - 1, expiresAt: now }),
      await append(outbox),
    ];
    await lease({ limit: 1 });
    await finish(one.id, "one", { kind: "sent", at: now });
    await lease({ limit: 1 });
    assert.deepEqual(idsOf(await outbox.list({ states: every }, 10)), [three.id, two.id, one.id]);
    assert.deepEqual(idsOf(await outbox.list({ states: every }, 2)), [three.id, two.id]);
    assert.deepEqual(idsOf(await outbox.list({ states: ["waiting", "dead"] }, 10)), [three.id, two.id]);
    assert.deepEqual(await outbox.list({ states: [] }, 10), []);
    assert.deepEqual(await outbox.count(), { waiting: 1, dead: 1 });
  });

  it("gives a dead message another chance, once, with both of its unknown outcomes", async () => {
    const { outbox, realmId, finish } = newOutbox();
    const message = await leaseOne(outbox);
    const { id } = message;
    assert.equal(await outbox.retry(id, now, now + 9000), false);
    await lease({ now: now + 100, leasedUntil: now + 200 });
    await lease({ now: now + 200 });
    const retry = (): Promise<boolean> => outbox.retry(id, now + 2000, now + 9000);
    assert.equal(await countGranted(8, retry), 1);
    assert.deepEqual(await lease({ now: now + 1999 }), []);
    assert.deepEqual(await lease({ now: now + 2000, leasedUntil: now + 2100 }), [
      { ...message, realmId, expiresAt: now + 9000, attempt: 3, gateway: "", mayHaveArrived: false },
    ]);
    assert.equal((await lease({ now: now + 2100, leasedUntil: now + 2200 })).length, 1);
    await finish(id, "one", { kind: "sent", at: now + 2150 });
    assert.equal(await retry(), false);
  });

  it("is purged by state, in portions; what waits ends with its time", async () => {
    const { outbox } = newOutbox();
    for (const at of [now, now, now + 1, now + 2]) await append(outbox, { fate: "drop", createdAt: at });
    const waiting = await append(outbox, { createdAt: now - 10, expiresAt: now });
    assert.equal(await outbox.purge(["sent"], now * 2, 100), 0);
    assert.equal(await outbox.purge(["sent", "dropped"], now - 1, 100), 0);
    assert.equal(await outbox.purge(["sent", "dropped"], now + 1, 2), 2);
    assert.equal(await outbox.purge(["sent", "dropped"], now + 1, 100), 1);
    assert.equal(await outbox.purge(["dead", "waiting"], now - 1, 100), 0);
    await lease();
    const dead = (await stateOf(outbox, waiting.id)).finishedAt ?? 0;
    await append(outbox, { createdAt: now - 10, expiresAt: now });
    assert.equal(await outbox.purge(["dead", "waiting"], dead, 1), 1);
    assert.equal(await outbox.purge(["dead", "waiting"], dead, 100), 1);
    assert.deepEqual((await outbox.list({ states: every }, 10)).length, 1);
  });

  it("shows another realm nothing", async () => {
    const { outbox, finish } = newOutbox();
    const { outbox: other, finish: otherFinish } = newOutbox();
    const { id } = await append(outbox, { expiresAt: now + 5 });
    assert.deepEqual(await other.list({ states: every }, 10), []);
    assert.deepEqual(await other.count(), { waiting: 0, dead: 0 });
    await lease();
    await otherFinish(id, "one", { kind: "sent", at: now });
    assert.equal(await other.purge(every, now * 2, 100), 0);
    await finish(id, "one", { kind: "refused", at: now, error: "no" });
    assert.equal(await other.retry(id, now, now + 1), false);
    assert.equal(await other.find(id), undefined);
    assert.equal((await stateOf(outbox, id)).state, "dead");
  });

  it("tells of a message once it is committed, and never of one that was rolled back", async () => {
    const { stores, transaction } = open.database.forRealm(defaultRealm);
    let told = 0;
    open.database.onMessage(() => {
      told += 1;
    });
    await stores.outbox.append(givenMessage());
    assert.equal(told, 1);
    await transaction(async ({ outbox }) => {
      for (let count = 0; count < 3; count += 1) await outbox.append(givenMessage());
      assert.equal(told, 1);
    });
    assert.equal(told, 2);
    const failing = transaction(async ({ outbox }) => {
      await outbox.append(givenMessage());
      throw new Error("rolled back");
    });
    await assert.rejects(failing, { message: "rolled back" });
    await transaction(({ outbox }) => outbox.count());
    assert.equal(told, 2);
  });
});
