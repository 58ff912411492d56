import assert from "node:assert/strict";
import { after, before, beforeEach, it } from "node:test";
import { defaultRealm } from "#core/ids.js";
import type { Message } from "#core/outbox/message.js";
import type { LeasedMessage, OutboxLease } from "#core/outbox/outbox-store.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { givenMessage, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("the gateway of a message", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());
  beforeEach(() => readRows(open.url, "delete from message"));

  const put = async (over: Partial<Message> = {}): Promise<Message> => {
    const message = givenMessage({ channel: "sms", to: "+989121234567", ...over });
    await open.realm.stores.outbox.append(message);
    return message;
  };
  const lease = (at: number, over: Partial<OutboxLease> = {}) =>
    open.database.outbox.lease({
      channel: "sms",
      gateway: "first",
      owner: "one",
      now: at,
      leasedUntil: at + 100,
      limit: 10,
      ...over,
    });
  const leaseOne = async (at: number, over: Partial<OutboxLease> = {}): Promise<LeasedMessage> => {
    const [message, ...more] = await lease(at, over);
    assert.ok(message !== undefined && more.length === 0);
    return message;
  };
  const placeOf = ({ gateway, mayHaveArrived, attempt }: LeasedMessage) => [gateway, mayHaveArrived, attempt];

  it("is the first one, before anything was tried", async () => {
    await put();
    assert.deepEqual(placeOf(await leaseOne(now)), ["first", false, 1]);
  });

  it("is the one that a certain refusal names, at once", async () => {
    const message = await put();
    const leased = await leaseOne(now);
    await open.database.outbox.finish(leased, "one", {
      kind: "failed",
      at: now,
      retryAt: now,
      error: "402",
      gateway: "second",
    });
    assert.deepEqual(placeOf(await leaseOne(now)), ["second", false, 2]);
    assert.equal((await open.realm.stores.outbox.find(message.id))?.error, "402");
  });

  it("stays where it is when a failure names none", async () => {
    await put();
    const leased = await leaseOne(now);
    await open.database.outbox.finish(leased, "one", { kind: "failed", at: now, retryAt: now + 5, error: "down" });
    assert.deepEqual(placeOf(await leaseOne(now + 5, { gateway: "another first" })), ["first", false, 2]);
  });

  it("stays where it is when nobody knows what became of the message", async () => {
    const message = await put();
    for (const mayHaveArrived of [false, true]) {
      const leased = await leaseOne(now);
      assert.deepEqual([leased.gateway, leased.mayHaveArrived], ["first", mayHaveArrived]);
      await open.database.outbox.finish(leased, "one", { kind: "unknown", at: now, retryAt: now, error: "cut" });
    }
    assert.deepEqual(await lease(now), []);
    assert.equal((await open.realm.stores.outbox.find(message.id))?.state, "dead");
  });

  it("is known of an attempt that nobody finished, by another node that begins elsewhere", async () => {
    await put();
    const first = await leaseOne(now);
    await open.database.outbox.finish(first, "one", {
      kind: "failed",
      at: now,
      retryAt: now,
      error: "402",
      gateway: "second",
    });
    await leaseOne(now);
    // Killed here.
    const node = await openByUrl(open.url);
    try {
      assert.deepEqual(await lease(now + 99), []);
      const [message] = await node.outbox.lease({
        channel: "sms",
        gateway: "third",
        owner: "two",
        now: now + 100,
        leasedUntil: now + 200,
        limit: 1,
      });
      assert.ok(message !== undefined);
      assert.deepEqual(placeOf(message), ["second", true, 3]);
    } finally {
      await node.close();
    }
  });

  it("is nobody's but that of its channel, and of its realm's message", async () => {
    const mail = await put({ channel: "mail", to: "ada@example.org" });
    const other = givenMessage({ channel: "sms", to: "+989121234567" });
    await open.otherRealm.stores.outbox.append(other);
    assert.deepEqual(
      (await lease(now)).map(({ id, realmId }) => [id, realmId]),
      [[other.id, "other"]],
    );
    assert.deepEqual(
      (await lease(now, { channel: "mail", gateway: "" })).map(({ id, realmId, gateway }) => [id, realmId, gateway]),
      [[mail.id, defaultRealm, ""]],
    );
  });
});
