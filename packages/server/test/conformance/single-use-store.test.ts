import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { defaultRealm } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { rounds } from "../engines/rounds.js";
import { countGranted, lookAlikes, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("single-use store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const spend = (value: string, expiresAt = now + 1000) =>
    open.realm.stores.singleUse.spend("captcha", value, expiresAt);

  it("is spent by exactly one of 32 at once, on two nodes, alone and in transactions", async () => {
    const node = await openByUrl(open.url);
    try {
      const realms = [open.realm, node.forRealm(defaultRealm)];
      for (let round = 0; round < rounds(); round += 1) {
        const [alone, within] = [systemRandom.token(256), systemRandom.token(256)];
        const granted = [
          await countGranted(
            32,
            async (index) => (await realms[index % 2]?.stores.singleUse.spend("captcha", alone, now)) ?? false,
          ),
          await countGranted(
            32,
            async (index) =>
              (await realms[index % 2]?.transaction(({ singleUse }) => singleUse.spend("captcha", within, now))) ??
              false,
          ),
        ];
        assert.deepEqual(granted, [1, 1]);
      }
    } finally {
      await node.close();
    }
  });

  it("stays spent, its time over or not, and is told by every byte", async () => {
    for (const value of lookAlikes) {
      assert.equal(await spend(value, now - 1), true);
      assert.equal(await spend(value), false);
    }
  });

  it("is good once for each purpose and in each realm", async () => {
    const value = systemRandom.token(256);
    const spendFor = ["signature-nonce", "captcha", "oauth-state"] as const;
    for (const purpose of spendFor) assert.equal(await open.realm.stores.singleUse.spend(purpose, value, now), true);
    for (const purpose of spendFor) assert.equal(await open.realm.stores.singleUse.spend(purpose, value, now), false);
    assert.equal(await open.otherRealm.stores.singleUse.spend("captcha", value, now), true);
  });

  it("is good again when its transaction was rolled back", async () => {
    const value = systemRandom.token(256);
    const failing = open.realm.transaction(async ({ singleUse }) => {
      assert.equal(await singleUse.spend("captcha", value, now), true);
      throw new Error("rolled back");
    });
    await assert.rejects(failing, { message: "rolled back" });
    assert.equal(await spend(value), true);
  });

  it("refuses what is longer than its column, and spoils no transaction by what was spent", async () => {
    await assert.rejects(spend("x".repeat(65)));
    const value = systemRandom.token(256);
    await spend(value);
    await open.realm.transaction(async ({ singleUse }) => {
      assert.equal(await singleUse.spend("captcha", value, now), false);
      assert.equal(await singleUse.spend("captcha", systemRandom.token(256), now), true);
    });
  });

  it("is purged in portions, in its realm", async () => {
    const { singleUse } = open.otherRealm.stores;
    for (const expiresAt of [1000, 1000, 1001, 1002])
      await singleUse.spend("captcha", systemRandom.token(256), expiresAt);
    assert.equal(await open.realm.stores.singleUse.purge(2000, 100), 0);
    assert.equal(await singleUse.purge(999, 100), 0);
    assert.equal(await singleUse.purge(1001, 2), 2);
    assert.equal(await singleUse.purge(1001, 100), 1);
    assert.equal(await singleUse.purge(1001, 100), 0);
  });
});
