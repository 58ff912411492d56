import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { defaultRealm } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, givenAccount, givenPending, lookAlikes, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("pending registration store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("gives a registration back to every field", async () => {
    const { pendingRegistrations } = open.realm.stores;
    const pending = givenPending("whole@example.com", {
      email: { displayValue: "Whole@Example.com", normalizedValue: "whole@example.com" },
      username: { displayValue: "Whole", normalizedValue: "whole" },
      fullname: "پروین",
      language: "fa",
      passwordHash: "hash",
      guestId: givenAccount().id,
      linkHash: "link of the whole",
      isDecoy: true,
    });
    await pendingRegistrations.replace(pending);
    assert.deepEqual(await pendingRegistrations.find("account", "whole@example.com", now), pending);
    assert.deepEqual(await pendingRegistrations.findByLink("link of the whole", now), pending);
    const bare = givenPending("whole@example.com", { fullname: undefined, createdAt: now + 1 });
    await pendingRegistrations.replace(bare);
    assert.deepEqual(await pendingRegistrations.find("account", "whole@example.com", now), bare);
    assert.equal(await pendingRegistrations.findByLink("link of the whole", now), undefined);
  });

  it("keeps one for each mount and address, byte by byte", async () => {
    const { pendingRegistrations } = open.realm.stores;
    const all = ["account", "other"].flatMap((mount) =>
      lookAlikes.map((text, index) => givenPending(`${text}@like`, { mount, createdAt: now + index })),
    );
    for (const pending of all) await pendingRegistrations.replace(pending);
    for (const pending of all) {
      const { mount, email } = pending;
      assert.deepEqual(await pendingRegistrations.find(mount, email.normalizedValue, now), pending);
    }
  });

  for (const [at, isThere] of [
    [now + 999, true],
    [now + 1000, false],
    [now + 1001, false],
  ] as const) {
    it(`is ${isThere ? "there" : "over"} ${at - now} of its 1000 ms after it was made`, async () => {
      const { pendingRegistrations } = open.realm.stores;
      const pending = givenPending(`border${at}@example.com`, { linkHash: `border ${at}` });
      await pendingRegistrations.replace(pending);
      assert.equal(
        (await pendingRegistrations.find("account", pending.email.normalizedValue, at)) !== undefined,
        isThere,
      );
      assert.equal((await pendingRegistrations.findByLink(`border ${at}`, at)) !== undefined, isThere);
      assert.equal(await pendingRegistrations.consume(pending, at), isThere);
      assert.equal(await pendingRegistrations.consume(pending, at), false);
    });
  }

  it("is consumed by exactly one of 32, on two nodes", async () => {
    const node = await openByUrl(open.url);
    try {
      const pending = givenPending("raced@example.com");
      await open.realm.stores.pendingRegistrations.replace(pending);
      const realms = [open.realm, node.forRealm(defaultRealm)];
      const consume = (index: number): Promise<unknown> =>
        realms[index % 2]?.transaction((stores) => stores.pendingRegistrations.consume(pending, now)) ??
        Promise.resolve(false);
      assert.equal(await countGranted(32, consume), 1);
    } finally {
      await node.close();
    }
  });

  it("is not consumed once it was replaced, and a decoy never", async () => {
    const { pendingRegistrations } = open.realm.stores;
    const older = givenPending("replaced@example.com");
    const newer = { ...older, createdAt: now + 1 };
    await pendingRegistrations.replace(older);
    await pendingRegistrations.replace(newer);
    assert.equal(await pendingRegistrations.consume(older, now), false);
    assert.equal(await pendingRegistrations.consume(newer, now), true);
    const decoy = givenPending("decoy@example.com", { isDecoy: true });
    await pendingRegistrations.replace(decoy);
    assert.equal(await pendingRegistrations.consume(decoy, now), false);
    assert.equal(await pendingRegistrations.consume({ ...decoy, isDecoy: false }, now), false);
  });

  it("is replaced by many at once", async () => {
    const { pendingRegistrations } = open.realm.stores;
    await Promise.all(
      Array.from({ length: 32 }, (_, index) =>
        open.realm.transaction((stores) =>
          stores.pendingRegistrations.replace(
            givenPending("many@example.com", { createdAt: now + index, linkHash: `many ${index}` }),
          ),
        ),
      ),
    );
    assert.equal(await pendingRegistrations.removeAll("many@example.com"), 1);
  });

  it("goes with its address on every mount, and with its guest", async () => {
    const { pendingRegistrations } = open.realm.stores;
    const guestId = givenAccount().id;
    for (const mount of ["account", "jwt"])
      await pendingRegistrations.replace(givenPending("gone@example.com", { mount }));
    await pendingRegistrations.replace(givenPending("stays@example.com"));
    assert.equal(await pendingRegistrations.removeAll("gone@example.com"), 2);
    assert.equal(await pendingRegistrations.removeAll("gone@example.com"), 0);
    for (const name of ["one", "two"]) await pendingRegistrations.replace(givenPending(`${name}@guest`, { guestId }));
    assert.equal(await pendingRegistrations.removeOfGuest(givenAccount().id), 0);
    assert.equal(await pendingRegistrations.removeOfGuest(guestId), 2);
    assert.notEqual(await pendingRegistrations.find("account", "stays@example.com", now), undefined);
  });

  it("shows another realm nothing, and is purged in portions", async () => {
    const { pendingRegistrations } = open.otherRealm.stores;
    const pending = givenPending("realm@example.com", { linkHash: "of the realm", guestId: givenAccount().id });
    await open.realm.stores.pendingRegistrations.replace(pending);
    assert.equal(await pendingRegistrations.find("account", "realm@example.com", now), undefined);
    assert.equal(await pendingRegistrations.findByLink("of the realm", now), undefined);
    assert.equal(await pendingRegistrations.consume(pending, now), false);
    assert.equal(await pendingRegistrations.removeAll("realm@example.com"), 0);
    assert.equal(await pendingRegistrations.removeOfGuest(pending.guestId ?? givenAccount().id), 0);
    for (const expiresAt of [now, now, now + 1, now + 2])
      await pendingRegistrations.replace(
        givenPending(`${systemRandom.token(128)}@purged`, { expiresAt, linkHash: undefined }),
      );
    assert.equal(await pendingRegistrations.purge(now - 1, 100), 0);
    assert.equal(await pendingRegistrations.purge(now + 1, 2), 2);
    assert.equal(await pendingRegistrations.purge(now + 1, 100), 1);
    assert.equal(await pendingRegistrations.purge(now + 1, 100), 0);
    assert.notEqual(await open.realm.stores.pendingRegistrations.find("account", "realm@example.com", now), undefined);
  });
});
