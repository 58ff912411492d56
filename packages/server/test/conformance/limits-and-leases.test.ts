import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, givenAccount, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("known devices", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("are known to their account and realm only, after `since`", async () => {
    const { knownDevices } = open.realm.stores;
    const [one, two] = [givenAccount().id, givenAccount().id];
    await knownDevices.remember(one, "device", now - 5);
    await knownDevices.remember(one, "device", now);
    assert.equal(await knownDevices.isKnown(one, "device", now - 1), true);
    assert.equal(await knownDevices.isKnown(one, "device", now), false);
    assert.equal(await knownDevices.isKnown(one, "Device", 0), false);
    assert.equal(await knownDevices.isKnown(two, "device", 0), false);
    assert.equal(await open.otherRealm.stores.knownDevices.isKnown(one, "device", 0), false);
    assert.equal(await open.otherRealm.stores.knownDevices.purge(now * 2, 10), 0);
  });

  it("are remembered by 32 at once, and purged in portions", async () => {
    const { knownDevices } = open.otherRealm.stores;
    const account = givenAccount().id;
    await Promise.all(Array.from({ length: 32 }, (_, index) => knownDevices.remember(account, `d${index % 3}`, now)));
    await knownDevices.remember(account, "newer", now + 1);
    assert.equal(await knownDevices.purge(now, 2), 2);
    assert.equal(await knownDevices.purge(now, 2), 1);
    assert.equal(await knownDevices.purge(now, 2), 0);
    assert.equal(await knownDevices.isKnown(account, "newer", now), true);
  });
});

describeOnEveryEngine("job store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const lease = (owner: string, at: number, name = "purge") =>
    open.database.jobs.lease({ name, owner, now: at, leasedUntil: at + 100, everyIn: 1000 });

  it("leases a due job to exactly one of 32, on two nodes", async () => {
    const node = await openByUrl(open.url);
    try {
      const stores = [open.database.jobs, node.jobs];
      for (const at of [now, now + 1000]) {
        const taken = await countGranted(32, async (index) =>
          stores[index % 2]?.lease({
            name: "raced",
            owner: `n${index}`,
            now: at,
            leasedUntil: at + 100,
            everyIn: 1000,
          }),
        );
        assert.equal(taken, 1);
      }
    } finally {
      await node.close();
    }
  });

  it("leases again when the job is due and the lease is over", async () => {
    const { jobs } = open.database;
    assert.equal(await lease("one", now), true);
    assert.equal(await lease("two", now + 999), false);
    assert.equal(await lease("two", now + 1000), true);
    await jobs.finish("purge", "one", { at: now + 1001, done: 9, error: "" });
    assert.equal((await jobs.list()).find(({ name }) => name === "purge")?.finishedAt, undefined);
    await jobs.finish("purge", "two", { at: now + 1050, done: 3, error: "x".repeat(3000) });
    assert.deepEqual(
      (await jobs.list()).find(({ name }) => name === "purge"),
      {
        name: "purge",
        owner: "two",
        leasedUntil: now + 1050,
        startedAt: now + 1000,
        finishedAt: now + 1050,
        done: 3,
        error: "x".repeat(3000),
      },
    );
    assert.equal(await lease("three", now + 1999), false);
    assert.equal(await lease("three", now + 2000), true);
  });

  it("holds a job that runs longer than its period until its lease is over", async () => {
    const job = { name: "long", now, everyIn: 10, leasedUntil: now + 100 };
    assert.equal(await open.database.jobs.lease({ ...job, owner: "one" }), true);
    assert.equal(await open.database.jobs.lease({ ...job, owner: "two", now: now + 99 }), false);
    assert.equal(await open.database.jobs.lease({ ...job, owner: "two", now: now + 100 }), true);
  });
});
