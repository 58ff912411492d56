import type { RealmId } from "#core/ids.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import type { Clock } from "#core/ports.js";
import { probeWindows, redisAddressWindows, windowKey } from "./address-windows.js";
import { createCircuitBreaker } from "./circuit-breaker.js";
import { createRedisClient, type RedisLocation } from "./redis-client.js";

/** Ephemeral state in Redis, which nothing but its speed depends on. */
export interface EphemeralRedis {
  /** Windows of a realm, counted by `fallback` whenever Redis does not answer. */
  windows(realmId: RealmId, fallback: AddressWindows): AddressWindows;
  /** Why the fallback counts; `undefined` while Redis does. */
  fault(): string | undefined;
  /** Asks Redis now. */
  check(): Promise<void>;
  close(): void;
}

export interface EphemeralRedisOptions {
  readonly clock: Clock;
  /** Once for each time that Redis goes down, and comes back. */
  onDown(fault: string): void;
  onUp(): void;
}

/** Milliseconds for which a start waits for Redis. */
const connectsWithin = 1_000;

/** Connects; resolves also when Redis is not there, which is then told by `onDown`. */
export const openRedis = async (location: RedisLocation, options: EphemeralRedisOptions): Promise<EphemeralRedis> => {
  const client = createRedisClient(location);
  // Where a request failed: in a cluster, other slots may do.
  let failedKey = "trilithon";
  let lost: string | undefined;
  const breaker = createCircuitBreaker({
    ...options,
    probe: () => probeWindows(client, failedKey, options.clock.now()),
    // Without a connection each command fails alike; why there is none is told by an event.
    reasonOf: (error) => (client.status === "ready" ? undefined : lost) ?? messageOf(error),
  });
  client.on("error", (error: unknown) => {
    lost = messageOf(error);
  });
  client.on("ready", () => {
    lost = undefined;
    void breaker.probe();
  });
  client.on("close", () => void breaker.probe());
  await Promise.race([client.connect().catch(() => undefined), after(connectsWithin)]);
  await breaker.probe();
  return {
    windows: (realmId, fallback) => {
      const primary = redisAddressWindows(client, realmId);
      return {
        take: (key, limit, at) =>
          breaker.run(
            () =>
              primary.take(key, limit, at).catch((error: unknown) => {
                failedKey = windowKey(realmId, key);
                throw error;
              }),
            () => fallback.take(key, limit, at),
          ),
      };
    },
    fault: () => breaker.fault(),
    check: () => breaker.probe(),
    close: () => {
      breaker.stop();
      client.disconnect();
    },
  };
};

/** An error of a connection to several addresses has a code alone. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
};

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
