import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createEphemeralRedis, type EphemeralRedis } from "#adapters/redis/redis.js";
import { systemClock } from "#adapters/system/clock.js";
import type { RealmId } from "#core/ids.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import { parseRedisUrl } from "#settings/redis-url.js";
import type { PrivateEngine } from "../engines/private-engine.js";
import { askRedis, findRedis, startRedis } from "../engines/redis.js";
import { startRedisCluster, startRedisSentinel } from "../engines/redis-groups.js";
import { poll } from "../server/poll.js";

const within = 20_000;
const limit = { limit: 3, windowIn: 600_000 };

/** What an adapter told, and who counted. */
interface Watched {
  readonly redis: EphemeralRedis;
  readonly windows: AddressWindows;
  readonly told: readonly string[];
  /** How many uses the fallback counted. */
  byFallback(): number;
  /** Takes one use each of `count` keys of its own. */
  spread(count: number): Promise<readonly (number | undefined)[]>;
}

// What a failed test leaves behind would keep the process.
const opened: (() => unknown)[] = [];
after(() => Promise.all(opened.map((close) => close())));

const watch = async (url: string): Promise<Watched> => {
  const location = parseRedisUrl(url);
  if (typeof location === "string") throw new Error(location);
  const redis = createEphemeralRedis(location, systemClock);
  opened.push(() => redis.close());
  const told: string[] = [];
  let taken = 0;
  const fallback: AddressWindows = {
    take: (key, { limit: most, windowIn }) => {
      taken += 1;
      const used = (counted.get(key) ?? 0) + 1;
      counted.set(key, used);
      return Promise.resolve(used > most ? windowIn : undefined);
    },
  };
  const counted = new Map<string, number>();
  await redis.connect({ onDown: () => told.push("down"), onUp: () => told.push("up") });
  const windows = redis.windows("default" as RealmId, fallback);
  let keys = 0;
  return {
    redis,
    windows,
    told,
    byFallback: () => taken,
    spread: (count) =>
      Promise.all(
        Array.from({ length: count }, () => {
          keys += 1;
          return windows.take(`spread ${keys}`, limit, systemClock.now());
        }),
      ),
  };
};

const becomesUp = ({ redis }: Watched): Promise<true> =>
  poll("Redis is used again", within, async () => (redis.fault() === undefined ? true : undefined));
const becomesDown = ({ redis }: Watched): Promise<true> =>
  poll("Redis is given up", within, async () => (redis.fault() === undefined ? undefined : true));
const take = ({ windows }: Watched, key: string) => windows.take(key, limit, systemClock.now());
const isRefused = (waitIn: number | undefined): boolean => waitIn !== undefined;

const skip = findRedis() === undefined ? "Redis is not installed" : false;

describe("ephemeral Redis", { skip }, () => {
  let server: PrivateEngine;
  let watched: Watched;
  before(async () => {
    server = await startRedis();
    watched = await watch(server.url);
  });
  after(async () => {
    await server.stop();
  });

  it("counts while it is there", async () => {
    for (let use = 0; use < 3; use += 1) assert.equal(await take(watched, "a"), undefined);
    assert.ok(isRefused(await take(watched, "a")));
    assert.deepEqual([watched.told, watched.byFallback()], [[], 0]);
  });

  it("costs a flush one window, and nothing else", async () => {
    await askRedis(server.url, "flushall");
    assert.equal(await take(watched, "a"), undefined);
    await askRedis(server.url, "script", "flush");
    assert.equal(await take(watched, "a"), undefined);
    assert.deepEqual([watched.told, watched.byFallback()], [[], 0]);
  });

  it("answers every use when it is killed among them, tells it once, and comes back by itself", async () => {
    for (let kill = 1; kill <= 3; kill += 1) {
      const uses = watched.spread(200);
      const killed = server.kill();
      await Promise.all([uses, killed, watched.spread(200)]);
      await becomesDown(watched);
      const before = watched.byFallback();
      await watched.spread(10);
      assert.equal(watched.byFallback() - before, 10);
      for (let use = 0; use < 3; use += 1) await take(watched, `killed ${kill}`);
      assert.ok(isRefused(await take(watched, `killed ${kill}`)));
      await server.start();
      await becomesUp(watched);
      const restored = watched.byFallback();
      await watched.spread(10);
      assert.equal(watched.byFallback(), restored);
    }
    assert.deepEqual(watched.told, ["down", "up", "down", "up", "down", "up"]);
  });

  it("is not waited for more than once while it is frozen, and thaws", async () => {
    const { told } = watched;
    const before = { told: told.length, byFallback: watched.byFallback() };
    process.kill(server.pid(), "SIGSTOP");
    try {
      for (let use = 0; use < 3; use += 1) assert.equal(await take(watched, "frozen"), undefined);
      for (let use = 0; use < 40; use += 1) assert.ok(isRefused(await take(watched, "frozen")));
      assert.equal(watched.byFallback() - before.byFallback, 43);
    } finally {
      process.kill(server.pid(), "SIGCONT");
    }
    await becomesUp(watched);
    assert.deepEqual(told.slice(before.told), ["down", "up"]);
  });

  it("has its connection made anew when it is frozen for long", async () => {
    process.kill(server.pid(), "SIGSTOP");
    await becomesDown(watched);
    await poll("the dead connection is given up", within, async () =>
      /Socket timeout|ETIMEDOUT|Connection is closed|writeable/.test(watched.redis.fault() ?? "") ? true : undefined,
    );
    process.kill(server.pid(), "SIGCONT");
    await becomesUp(watched);
  });

  it("is done without when it is not there at the start, and used once it is", async () => {
    const late = await startRedis();
    opened.push(() => late.stop());
    await late.kill();
    const waiting = await watch(late.url);
    assert.match(waiting.redis.fault() ?? "", /ECONNREFUSED/);
    for (let use = 0; use < 3; use += 1) assert.equal(await take(waiting, "a"), undefined);
    assert.ok(isRefused(await take(waiting, "a")));
    await late.start();
    await becomesUp(waiting);
    assert.equal(await take(waiting, "a"), undefined);
    assert.deepEqual(waiting.told, ["down", "up"]);
  });

  for (const [what, change, says] of [
    ["with a wrong password", (url: URL) => (url.password = "hunter2"), /WRONGPASS/],
    ["at an address that has no server", (url: URL) => (url.port = "1"), /ECONNREFUSED/],
    ["under a name that nobody has", (url: URL) => (url.hostname = "redis.invalid"), /ENOTFOUND|EAI_AGAIN/],
    ["in a database that is not there", (url: URL) => (url.pathname = "/99999"), /out of range/],
  ] as const) {
    it(`is done without ${what}, and says why without the password`, async () => {
      const url = new URL(server.url);
      change(url);
      const refused = await watch(url.href);
      assert.match(refused.redis.fault() ?? "", says);
      assert.doesNotMatch(refused.redis.fault() ?? "", /hunter2/);
      assert.equal(await take(refused, "a"), undefined);
      assert.equal(refused.byFallback(), 1);
    });
  }

  it("is done without while it takes no writes", async () => {
    await askRedis(server.url, "config", "set", "maxmemory", "1");
    await becomesDown(watched);
    assert.match(watched.redis.fault() ?? "", /^OOM/);
    await askRedis(server.url, "config", "set", "maxmemory", "0");
    await becomesUp(watched);
  });
});

describe("ephemeral Redis behind a sentinel", { skip }, () => {
  it("goes on at the replica when the master is gone", async () => {
    const group = await startRedisSentinel();
    opened.push(() => group.stop());
    const watched = await watch(group.url);
    await take(watched, "a");
    assert.equal(watched.byFallback(), 0);
    const [master] = group.servers;
    await master?.kill();
    await Promise.all([watched.spread(50), becomesDown(watched)]);
    await becomesUp(watched);
    const before = watched.byFallback();
    await watched.spread(10);
    assert.equal(watched.byFallback(), before);
    assert.deepEqual(watched.told, ["down", "up"]);
  });

  it("is done without when no sentinel is there", async () => {
    const sentinel = await startRedis({ isSentinel: true });
    opened.push(() => sentinel.stop());
    await sentinel.kill();
    const watched = await watch(`redis+sentinel://${new URL(sentinel.url).host}/main`);
    assert.notEqual(watched.redis.fault(), undefined);
    assert.equal(await take(watched, "a"), undefined);
  });
});

describe("ephemeral Redis in a cluster", { skip }, () => {
  it("is done without while a node is gone, whosever keys it held", async () => {
    const group = await startRedisCluster();
    opened.push(() => group.stop());
    const watched = await watch(group.url);
    await watched.spread(100);
    assert.deepEqual([watched.told, watched.byFallback()], [[], 0]);
    const [, node] = group.servers;
    await node?.kill();
    await Promise.all([watched.spread(100), becomesDown(watched)]);
    const before = watched.byFallback();
    await watched.spread(100);
    assert.equal(watched.byFallback() - before, 100);
    await node?.start();
    await becomesUp(watched);
    await poll("every slot is counted in the cluster", within, async () => {
      const counted = watched.byFallback();
      await watched.spread(100);
      return watched.byFallback() === counted ? true : undefined;
    });
  });

  it("is done without when no node is there", async () => {
    const watched = await watch("redis+cluster://127.0.0.1:1,127.0.0.1:2");
    assert.notEqual(watched.redis.fault(), undefined);
    assert.equal(await take(watched, "a"), undefined);
  });
});
