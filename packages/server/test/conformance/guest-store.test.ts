import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { AccountId } from "#core/ids.js";
import { purgeIdleGuests } from "#core/guests/purge-idle-guests.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, givenAccount, givenIdentifier, givenSession, now } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("guest store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const insert = async (seenAt = now, over: Parameters<typeof givenAccount>[0] = {}) => {
    const account = givenAccount(over);
    const guest = { accountId: account.id, secretHash: "hash", seenAt };
    await open.realm.stores.accounts.insert(account);
    await open.realm.stores.guests.insert(guest);
    return guest;
  };
  const idleAmong = async (ids: readonly AccountId[], before: number): Promise<readonly AccountId[]> =>
    (await open.realm.stores.guests.findIdle(before, 1000)).filter((id) => ids.includes(id));

  it("gives a guest back to every field, and nothing of who is none", async () => {
    const { guests } = open.realm.stores;
    const guest = await insert();
    assert.deepEqual(await guests.find(guest.accountId), guest);
    const ofTheWeb = { accountId: givenAccount().id, secretHash: undefined, seenAt: now };
    await guests.insert(ofTheWeb);
    assert.deepEqual(await guests.find(ofTheWeb.accountId), ofTheWeb);
    assert.equal(await guests.find(givenAccount().id), undefined);
  });

  it("keeps the last visit, also when the clock steps back, and says who is no guest any more", async () => {
    const { guests } = open.realm.stores;
    const { accountId } = await insert();
    assert.equal(await guests.touch(accountId, now + 5), true);
    assert.equal(await guests.touch(accountId, now + 5), true);
    assert.equal(await guests.touch(accountId, now - 5), true);
    assert.equal((await guests.find(accountId))?.seenAt, now + 5);
    assert.equal(await guests.remove(accountId), true);
    assert.equal(await guests.touch(accountId, now + 6), false);
    assert.equal(await guests.find(accountId), undefined);
  });

  it("ends being a guest for exactly one of 32", async () => {
    const { guests } = open.realm.stores;
    const { accountId } = await insert();
    const end = (index: number): Promise<boolean> =>
      index % 2 === 0
        ? guests.remove(accountId)
        : open.realm.transaction((stores) => stores.guests.removeIdle(accountId, now));
    assert.equal(await countGranted(32, end), 1);
  });

  for (const [seenAt, isIdle] of [
    [now - 1, true],
    [now, true],
    [now + 1, false],
  ] as const) {
    it(`finds one that came ${seenAt - now} ms after the border ${isIdle ? "idle" : "not idle"}`, async () => {
      const { accountId } = await insert(seenAt);
      assert.deepEqual(await idleAmong([accountId], now), isIdle ? [accountId] : []);
      assert.equal(await open.realm.stores.guests.removeIdle(accountId, now), isIdle);
    });
  }

  it("finds the longest away first, and at most so many", async () => {
    const early = now - 1_000_000;
    const ids = [];
    for (const at of [3, 1, 2]) ids[at] = (await insert(early + at)).accountId;
    assert.deepEqual(await open.realm.stores.guests.findIdle(early + 3, 2), [ids[1], ids[2]]);
    for (const id of ids) if (id !== undefined) await open.realm.stores.guests.remove(id);
  });

  for (const [what, session, isIdle] of [
    ["was used at the border", { lastUsedAt: now }, true],
    ["was used behind the border", { lastUsedAt: now + 1 }, false],
    ["was used behind the border and has ended", { lastUsedAt: now + 1, endedAt: now + 2 }, true],
  ] as const) {
    it(`finds one ${isIdle ? "idle" : "not idle"} whose session ${what}`, async () => {
      const { accountId } = await insert(now - 5);
      await open.realm.stores.sessions.insert(givenSession(accountId, session));
      assert.deepEqual(await idleAmong([accountId], now), isIdle ? [accountId] : []);
    });
  }

  it("leaves a deleted guest to the purge of deleted accounts", async () => {
    const { accountId } = await insert(now - 5, { status: "deleted", deletedAt: now });
    assert.deepEqual(await idleAmong([accountId], now), []);
  });

  it("shows another realm nothing", async () => {
    const { guests } = open.otherRealm.stores;
    const { accountId } = await insert(now - 5);
    assert.equal(await guests.find(accountId), undefined);
    assert.equal(await guests.touch(accountId, now), false);
    assert.equal(await guests.remove(accountId), false);
    assert.equal(await guests.removeIdle(accountId, now), false);
    assert.deepEqual(await guests.findIdle(now * 2, 10), []);
    assert.notEqual(await open.realm.stores.guests.find(accountId), undefined);
  });

  it("lets go of idle guests and all about them, and of nobody else", async () => {
    const { stores, transaction } = open.realm;
    const idleIn = 1000;
    const origin = { mount: "job", requestId: "", address: "", userAgent: "" };
    const command = { idleIn, limit: 500, origin };
    const needs = { clock: { now: () => now + idleIn }, stores, transaction };
    await purgeIdleGuests(needs, command);
    const idle = await insert(now, { status: "restricted" });
    const there = await insert(now + 1);
    const upgraded = await insert(now);
    await stores.accounts.claim(givenIdentifier(idle.accountId, "device", { kind: "device", liveKey: "device@a=d" }));
    await stores.guests.remove(upgraded.accountId);
    const both = await Promise.all([purgeIdleGuests(needs, command), purgeIdleGuests(needs, command)]);
    assert.ok(both[0] <= 1 && both[1] <= 1 && both[0] + both[1] >= 1);
    assert.equal(await stores.accounts.find(idle.accountId), undefined);
    assert.equal(await stores.guests.find(idle.accountId), undefined);
    assert.deepEqual(await stores.accounts.heldLiveKeys(["device@a=d"]), new Set());
    const receipts = await stores.audit.list({ accountId: idle.accountId }, 10);
    assert.deepEqual(
      receipts.map(({ kind, at }) => [kind, at]),
      [["account-purged", now + idleIn]],
    );
    assert.equal((await stores.accounts.find(there.accountId))?.account.status, "active");
    assert.equal((await stores.accounts.find(upgraded.accountId))?.account.status, "active");
    assert.equal(await purgeIdleGuests(needs, command), 0);
  });

  it("leaves a guest who comes while the idle ones are let go of", async () => {
    const { stores, transaction } = open.realm;
    const { accountId } = await insert(now - 5);
    const guests = {
      ...stores.guests,
      findIdle: async (before: number, limit: number) => {
        const idle = await stores.guests.findIdle(before, limit);
        await stores.guests.touch(accountId, now + 1);
        return idle;
      },
    };
    const origin = { mount: "job", requestId: "", address: "", userAgent: "" };
    await purgeIdleGuests(
      { clock: { now: () => now }, stores: { ...stores, guests }, transaction },
      { idleIn: 0, limit: 500, origin },
    );
    assert.equal((await stores.accounts.find(accountId))?.account.status, "active");
    assert.equal((await stores.guests.find(accountId))?.seenAt, now + 1);
  });
});
