import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { redisAddressWindows } from "#adapters/redis/address-windows.js";
import { createRedisClient, type RedisClient } from "#adapters/redis/redis-client.js";
import type { RealmId } from "#core/ids.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import { parseRedisUrl } from "#settings/redis-url.js";
import { availableEngines, describeOnEveryEngine } from "../engines/engines.js";
import { findRedis, startRedis } from "../engines/redis.js";
import { startRedisCluster, startRedisSentinel } from "../engines/redis-groups.js";
import { lookAlikes, now } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

/** Windows of two realms, on two nodes that share what they count. */
interface OpenWindows {
  readonly windows: AddressWindows;
  readonly onOtherNode: AddressWindows;
  readonly ofOtherRealm: AddressWindows;
  close(): Promise<void>;
}

interface Keeper {
  readonly name: string;
  /** Why it is skipped. */
  readonly skip: string | false;
  open(): Promise<OpenWindows>;
}

const [realm, otherRealm] = ["default" as RealmId, "other" as RealmId];

const openRedisBy = async (url: string): Promise<RedisClient> => {
  const location = parseRedisUrl(url);
  if (typeof location === "string") throw new Error(`REDIS_URL ${location}`);
  const client = createRedisClient(location);
  await client.connect();
  return client;
};

const inRedis = (start: () => Promise<{ readonly url: string; stop(): Promise<void> }>) => async () => {
  const server = await start();
  const [one, other] = [await openRedisBy(server.url), await openRedisBy(server.url)];
  return {
    windows: redisAddressWindows(one, realm),
    onOtherNode: redisAddressWindows(other, realm),
    ofOtherRealm: redisAddressWindows(one, otherRealm),
    close: async () => {
      one.disconnect();
      other.disconnect();
      await server.stop();
    },
  };
};

const skip = findRedis() === undefined ? "Redis is not installed" : false;
const keepers: readonly Keeper[] = [
  ...availableEngines().map((engine) => ({
    name: engine.name,
    skip: false as const,
    open: async () => {
      const stores = await openStores(engine);
      return {
        windows: stores.realm.windows,
        onOtherNode: stores.realm.windows,
        ofOtherRealm: stores.otherRealm.windows,
        close: () => stores.close(),
      };
    },
  })),
  { name: "redis", skip, open: inRedis(() => startRedis()) },
  { name: "redis sentinel", skip, open: inRedis(startRedisSentinel) },
  { name: "redis cluster", skip, open: inRedis(() => startRedisCluster()) },
];

const limit = { limit: 5, windowIn: 1000 };

for (const keeper of keepers) {
  describe(`address windows [${keeper.name}]`, { skip: keeper.skip }, () => {
    let open: OpenWindows;
    before(async () => {
      open = await keeper.open();
    });
    after(() => open.close());

    it("grant up to the limit, then tell the time to the window's end", async () => {
      const { windows } = open;
      for (let count = 0; count < 5; count += 1)
        assert.equal(await windows.take("a", limit, now + count * 100), undefined);
      assert.equal(await windows.take("a", limit, now + 600), 400);
      assert.equal(await windows.take("a", limit, now + 999), 1);
      assert.equal(await windows.take("a", limit, now + 1000), undefined);
      assert.equal(await windows.take("a", { ...limit, limit: 1 }, now + 1001), 999);
    });

    it("do not count what they refuse", async () => {
      const { windows } = open;
      for (let count = 0; count < 9; count += 1) await windows.take("more", limit, now);
      assert.equal(await windows.take("more", { ...limit, limit: 6 }, now), undefined);
      assert.equal(await windows.take("more", { ...limit, limit: 6 }, now), 1000);
    });

    it("grant nothing where nothing is allowed", async () => {
      assert.equal(await open.windows.take("none", { ...limit, limit: 0 }, now), limit.windowIn);
    });

    it("wait no longer than a window when the clock steps back", async () => {
      const { windows } = open;
      for (let count = 0; count < 5; count += 1) await windows.take("back", limit, now);
      assert.equal(await windows.take("back", limit, now - 100_000), limit.windowIn);
    });

    it("grant exactly the limit to 32 at once, on two nodes", async () => {
      const taken = await Promise.all(
        Array.from({ length: 32 }, (_, at) =>
          (at % 2 === 0 ? open.windows : open.onOtherNode).take("raced", limit, now),
        ),
      );
      assert.equal(taken.filter((waitIn) => waitIn === undefined).length, limit.limit);
    });

    it("keep realms and look-alikes apart", async () => {
      const one = { limit: 1, windowIn: 1000 };
      await open.windows.take("shared", one, now);
      assert.equal(await open.ofOtherRealm.take("shared", one, now), undefined);
      for (const text of lookAlikes) assert.equal(await open.windows.take(`like:${text}`, one, now + 1), undefined);
      assert.equal(await open.windows.take("shared", one, now + 1), 999);
    });
  });
}

describeOnEveryEngine("address windows of a database", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("are purged in portions", async () => {
    const { windows } = open.otherRealm;
    await open.realm.windows.take("kept", { limit: 1, windowIn: 1000 }, now);
    for (const [at, key] of ["a", "b", "c", "d"].entries()) await windows.take(key, limit, now + Math.min(at, 1));
    assert.equal(await windows.purge(now - 1, 100), 0);
    assert.equal(await windows.purge(now, 100), 1);
    assert.equal(await windows.purge(now + 1, 2), 2);
    assert.equal(await windows.purge(now + 1, 2), 1);
    assert.equal(await open.realm.windows.take("kept", { limit: 1, windowIn: 1000 }, now + 1), 999);
  });
});
