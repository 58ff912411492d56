import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Certificate } from "./certificate.js";
import { findFreePort } from "./free-port.js";
import { isProgram, type PrivateEngine, startPrivateEngine } from "./private-engine.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

/** Redis's server, which is sentinel and node of a cluster too. */
export function findRedis(): string | undefined {
  return ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].find(isProgram);
}

export interface RedisOptions {
  /** A new one without. */
  readonly password?: string;
  /** Lines of its configuration. */
  readonly settings?: readonly string[];
  readonly isSentinel?: boolean;
  /** It then speaks TLS only. */
  readonly certificate?: Certificate;
}

const databases = 4096;

/** A Redis of our own: on 127.0.0.1 only, with a password, with nothing on disk that a restart would find. */
export async function startRedis(options: RedisOptions = {}): Promise<PrivateEngine> {
  const command = findRedis();
  if (command === undefined) {
    throw new Error("Redis is not installed");
  }
  const { password = randomBytes(24).toString("base64url"), settings = [], certificate } = options;
  const folder = makeTemporaryFolder("redis");
  try {
    const port = await findFreePort();
    const network =
      certificate === undefined
        ? [`port ${port}`]
        : [
            "port 0",
            `tls-port ${port}`,
            `tls-cert-file ${certificate.file}`,
            `tls-key-file ${certificate.keyFile}`,
            `tls-ca-cert-file ${certificate.file}`,
            "tls-auth-clients no",
          ];
    const own = options.isSentinel === true ? [] : [`databases ${databases}`, 'save ""', `masterauth ${password}`];
    const file = join(folder, "redis.conf");
    const lines = ["bind 127.0.0.1", ...network, `dir ${folder}`, `requirepass ${password}`, ...own, ...settings, ""];
    writeFileSync(file, lines.join("\n"), { mode: 0o600 });
    const args = [file, ...(options.isSentinel === true ? ["--sentinel"] : [])];
    const url = `redis${certificate === undefined ? "" : "s"}://:${password}@127.0.0.1:${port}`;
    return await startPrivateEngine({ command, args, folder, owner: {}, stopSignal: "SIGTERM" }, url, async () => {
      await askRedis(url, "ping");
    });
  } catch (error) {
    removeTemporaryFolder(folder);
    throw error;
  }
}

/** Takes a database that no other test has; `drop` leaves it empty. */
export async function takeRedisDatabase(adminUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const taken = Number(await askRedis(adminUrl, "incr", "databases taken"));
  const url = new URL(adminUrl);
  // The first counts them.
  url.pathname = `/${1 + (taken % (databases - 1))}`;
  const flush = async () => {
    await askRedis(url.href, "flushdb");
  };
  return { url: url.href, drop: flush };
}

/** Gives one command to the server that the URL names. */
export async function askRedis(url: string, command: string, ...args: readonly (string | number)[]): Promise<unknown> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 10_000,
    // Its certificate is the test's own.
    ...(url.startsWith("rediss:") ? { tls: { rejectUnauthorized: false } } : {}),
  });
  let fault: unknown;
  client.on("error", (error) => {
    fault = error;
  });
  try {
    await client.connect();
    return await client.call(command, ...args);
  } catch (error) {
    throw fault ?? error;
  } finally {
    client.disconnect();
  }
}
