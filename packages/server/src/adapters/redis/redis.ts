import { Cluster } from "ioredis";
import type { RealmId } from "#core/ids.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import type { Clock } from "#core/ports.js";
import { probeWindows, redisAddressWindows, windowKey } from "./address-windows.js";
import { createCircuitBreaker } from "./circuit-breaker.js";
import { createRedisClient, type RedisClient, type RedisLocation } from "./redis-client.js";

/** Ephemeral state in Redis, which nothing but its speed depends on. */
export interface EphemeralRedis {
  /** Resolves also when Redis is not there, which is then told. */
  connect(told: RedisTransitions): Promise<void>;
  /** Windows of a realm, counted by `fallback` whenever Redis does not answer. */
  windows(realmId: RealmId, fallback: AddressWindows): AddressWindows;
  /** Why the fallback counts; `undefined` while Redis does. */
  fault(): string | undefined;
  close(): void;
}

/** Called once for each time that Redis goes down, and comes back. */
export interface RedisTransitions {
  onDown(fault: string): void;
  onUp(): void;
}

/** Milliseconds for which a start waits for Redis. */
const connectsWithin = 1_000;

export const createEphemeralRedis = (location: RedisLocation, clock: Clock): EphemeralRedis => {
  const client = createRedisClient(location);
  // Where a request failed: in a cluster, other slots may do.
  let failedKey = "trilithon";
  let lost: string | undefined;
  let transitions: RedisTransitions | undefined;
  const breaker = createCircuitBreaker({
    onDown: (fault) => transitions?.onDown(fault),
    onUp: () => transitions?.onUp(),
    probe: async () => {
      await reachNodes(client);
      await probeWindows(client, failedKey, clock.now());
    },
    // Without a connection each command fails alike; why there is none is told by an event.
    reasonOf: (error) => (client.status === "ready" ? undefined : lost) ?? messageOf(error),
  });
  client.on("error", (error: unknown) => {
    lost = messageOf(error);
  });
  client.on("ready", () => {
    lost = undefined;
    if (transitions !== undefined) void breaker.probe();
  });
  client.on("close", () => {
    if (transitions !== undefined) void breaker.probe();
  });
  const connect = async (): Promise<void> => {
    await client.connect();
    await reachNodes(client);
  };
  return {
    connect: async (told) => {
      await Promise.race([connect().catch(() => undefined), after(connectsWithin)]);
      transitions = told;
      breaker.start();
      await breaker.probe();
    },
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
    close: () => {
      breaker.stop();
      client.disconnect();
    },
  };
};

/** Connects the nodes of a cluster, each of which would otherwise make its first requests wait. Throws when one does not answer. */
const reachNodes = async (client: RedisClient): Promise<void> => {
  if (client instanceof Cluster) await Promise.all(client.nodes("master").map((node) => node.ping()));
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
