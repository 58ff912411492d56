import { Redis, type Result } from "ioredis";
import type { RealmId } from "#core/ids.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import type { RedisClient } from "./redis-client.js";

declare module "ioredis" {
  interface RedisCommander<Context> {
    takeWindow(key: string, at: number, windowIn: number, limit: number, keptIn: number): Result<number, Context>;
  }
}

/**
 * One use of a window, as the database counts it: by the caller's clock, from the first use, refused uses not counted. 0 when it is
 * granted, else the milliseconds until the window ends. Redis's own clock only drops what is long over.
 */
export const takeWindowScript = {
  numberOfKeys: 1,
  lua: `
    local at, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local kept = redis.call("HMGET", KEYS[1], "began", "used")
    local began, used = tonumber(kept[1] or nil), tonumber(kept[2] or nil)
    if not began or began <= at - window then
      redis.call("HSET", KEYS[1], "began", ARGV[1], "used", 1)
      redis.call("PEXPIRE", KEYS[1], window + tonumber(ARGV[4]))
      return 0
    end
    if used < limit then
      redis.call("HINCRBY", KEYS[1], "used", 1)
      return 0
    end
    return math.min(math.max(began + window - at, 1), window)
  `,
} as const;

/** Milliseconds for which a window that is over is kept: more than the clocks of nodes differ. */
const keptIn = 60_000;

/** Windows in Redis; throws whatever the client throws while Redis cannot be asked. */
export const redisAddressWindows = (client: RedisClient, realmId: RealmId): AddressWindows => ({
  async take(key, { limit, windowIn }, at) {
    if (limit < 1) return windowIn;
    const waitIn = await client.takeWindow(windowKey(realmId, key), at, windowIn, limit, keptIn);
    return waitIn === 0 ? undefined : waitIn;
  },
});

export const windowKey = (realmId: RealmId, key: string): string => `trilithon:${realmId}:window:${key}`;

/** Whether windows can be counted where `key` lies: takes one of its own in the same slot of a cluster. Throws when not. */
export const probeWindows = async (client: RedisClient, key: string, at: number): Promise<void> => {
  // A database that is not there is only told by an event, and the first one used in its place.
  if (client instanceof Redis && client.options.db) await client.select(client.options.db);
  await client.takeWindow(`trilithon:probe:{${key}}`, at, 1, 1, keptIn);
};
