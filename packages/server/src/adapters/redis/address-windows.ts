import { Redis } from "ioredis";
import type { RealmId } from "#core/ids.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import type { RedisClient } from "./redis-client.js";

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
