import { randomBytes } from "node:crypto";
import { poll } from "../server/poll.js";
import { findFreePort } from "./free-port.js";
import type { PrivateEngine } from "./private-engine.js";
import { askRedis, type RedisOptions, startRedis } from "./redis.js";

/** Redis servers that stand in for each other, or share the keys among them. */
export interface RedisGroup {
  /** As `REDIS_URL` takes it. */
  readonly url: string;
  /** The one that is asked first, then the others. */
  readonly servers: readonly PrivateEngine[];
  stop(): Promise<void>;
}

const formsWithin = 30_000;
const slots = 16_384;

/** Three masters, each with a third of the keys. */
export async function startRedisCluster(options: RedisOptions = {}): Promise<RedisGroup> {
  const password = randomBytes(24).toString("base64url");
  const isEncrypted = options.certificate !== undefined;
  const settings = ["cluster-enabled yes", "cluster-node-timeout 1000", `tls-cluster ${isEncrypted ? "yes" : "no"}`];
  // Where the nodes talk to each other: by default 10,000 above, where the system hands out ports.
  const buses = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
  const servers = await startAll(
    buses.map((bus) => startRedis({ ...options, password, settings: [...settings, `cluster-port ${bus}`] })),
  );
  const [first] = servers;
  for (const [at, { url }] of servers.entries()) {
    const [from, until] = [at, at + 1].map((third) => Math.floor((slots * third) / servers.length));
    await askRedis(url, "cluster", "addslotsrange", from ?? 0, (until ?? slots) - 1);
    const { hostname, port } = new URL(first?.url ?? url);
    if (at > 0) await askRedis(url, "cluster", "meet", hostname, port, buses[0] ?? 0);
  }
  for (const { url } of servers) {
    await poll("the cluster's forming", formsWithin, async () => {
      const state = String(await askRedis(url, "cluster", "info"));
      return /cluster_state:ok/.test(state) && /cluster_known_nodes:3/.test(state) ? true : undefined;
    });
  }
  const scheme = isEncrypted ? "rediss" : "redis";
  return groupOf(`${scheme}+cluster://:${password}@${servers.map(hostOf).join(",")}`, servers);
}

/** A master, its replica, and a sentinel with a password of its own that replaces the one by the other. */
export async function startRedisSentinel(): Promise<RedisGroup> {
  const password = randomBytes(24).toString("base64url");
  const master = await startRedis({ password });
  const at = new URL(master.url);
  const others: Promise<PrivateEngine>[] = [
    startRedis({ password, settings: [`replicaof ${at.hostname} ${at.port}`, "repl-diskless-sync-delay 0"] }),
    startRedis({
      isSentinel: true,
      settings: [
        `sentinel monitor main ${at.hostname} ${at.port} 1`,
        `sentinel auth-pass main ${password}`,
        "sentinel down-after-milliseconds main 500",
        "sentinel failover-timeout main 3000",
      ],
    }),
  ];
  const servers = [master, ...(await startAll(others))];
  const [, , sentinel = master] = servers;
  await poll("the sentinel's finding the replica", formsWithin, async () => {
    const replicas: unknown = await askRedis(sentinel.url, "sentinel", "replicas", "main");
    return JSON.stringify(replicas).includes('"ok"') ? true : undefined;
  });
  const sentinelPassword = new URL(sentinel.url).password;
  const url = `redis+sentinel://:${password}@${hostOf(sentinel)}/main?sentinelPassword=${sentinelPassword}`;
  return groupOf(url, servers);
}

const groupOf = (url: string, servers: readonly PrivateEngine[]): RedisGroup => ({
  url,
  servers,
  stop: async () => {
    await Promise.all(servers.map((server) => server.stop()));
  },
});

const hostOf = ({ url }: PrivateEngine): string => new URL(url).host;

/** All, or none that goes on. */
async function startAll(starts: readonly Promise<PrivateEngine>[]): Promise<readonly PrivateEngine[]> {
  const started = await Promise.allSettled(starts);
  const failed = started.find((start) => start.status === "rejected");
  const servers = started.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  if (failed === undefined) return servers;
  await Promise.all(servers.map((server) => server.stop()));
  throw failed.reason;
}
