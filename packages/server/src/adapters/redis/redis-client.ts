import { Cluster, type CommonRedisOptions, Redis } from "ioredis";
import { takeWindowScript } from "./take-window-script.js";

/** Where Redis is, as `REDIS_URL` says it. */
export interface RedisLocation {
  readonly topology: RedisTopology;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly isEncrypted: boolean;
}

type RedisTopology =
  | { readonly kind: "single"; readonly server: RedisAddress; readonly database: number }
  | {
      readonly kind: "sentinel";
      readonly sentinels: readonly RedisAddress[];
      readonly master: string;
      readonly database: number;
      readonly sentinelUsername: string | undefined;
      readonly sentinelPassword: string | undefined;
    }
  | { readonly kind: "cluster"; readonly nodes: readonly RedisAddress[] };

interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

export type RedisClient = Redis | Cluster;

/** Milliseconds without an answer after which a connection counts as dead and is made anew. */
const deadAfter = 2_000;

/** A client that is not connected yet, reconnects by itself, and keeps no command for later. */
export const createRedisClient = ({ topology, username, password, isEncrypted }: RedisLocation): RedisClient => {
  const encryption = isEncrypted ? { tls: checked } : {};
  const options = { ...common, ...encryption, username, password };
  switch (topology.kind) {
    case "single":
      return new Redis({ ...options, ...alone, ...topology.server, db: topology.database });
    case "sentinel":
      return new Redis({
        ...options,
        ...alone,
        sentinels: topology.sentinels.map((address) => ({ ...address })),
        name: topology.master,
        db: topology.database,
        sentinelUsername: topology.sentinelUsername,
        sentinelPassword: topology.sentinelPassword,
        sentinelCommandTimeout: deadAfter,
        ...(isEncrypted ? { enableTLSForSentinelMode: true, sentinelTLS: checked } : {}),
        // A master that has become a replica: the sentinels know its successor.
        reconnectOnError: ({ message }) => message.startsWith("READONLY"),
      });
    case "cluster":
      return new Cluster(
        topology.nodes.map((address) => ({ ...address })),
        {
          lazyConnect: true,
          enableOfflineQueue: false,
          // A request waits 100 ms at most.
          maxRedirections: 3,
          retryDelayOnFailover: 20,
          retryDelayOnClusterDown: 20,
          retryDelayOnTryAgain: 20,
          clusterRetryStrategy: soon,
          redisOptions: options,
          scripts: common.scripts,
          // Certificates name hosts, not the addresses behind them.
          ...(isEncrypted ? { dnsLookup: (host, done) => done(null, host) } : {}),
        },
      );
    default:
      return topology satisfies never;
  }
};

/** Whatever Node.js was told by `NODE_TLS_REJECT_UNAUTHORIZED`. */
const checked = { rejectUnauthorized: true } as const;

const soon = (times: number): number => Math.min(times * 100, 1_000);

const common = {
  lazyConnect: true,
  connectionName: "trilithon",
  disableClientInfo: true,
  connectTimeout: deadAfter,
  socketTimeout: deadAfter,
  keepAlive: 10_000,
  // What got no answer has been counted in the database meanwhile.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  scripts: { takeWindow: takeWindowScript },
} satisfies CommonRedisOptions;

const alone = { enableOfflineQueue: false, retryStrategy: soon } satisfies CommonRedisOptions;
