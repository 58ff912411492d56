/** Where ephemeral state is kept when not in the database. */
export interface RedisSetting {
  readonly topology: RedisTopology;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Certificates are checked against the system's authorities, and those of `NODE_EXTRA_CA_CERTS`. */
  readonly isEncrypted: boolean;
}

export type RedisTopology =
  | { readonly kind: "single"; readonly server: RedisAddress; readonly database: number }
  | {
      readonly kind: "sentinel";
      readonly sentinels: readonly RedisAddress[];
      /** As the sentinels call the group whose master is asked for. */
      readonly master: string;
      readonly database: number;
      /** The sentinels' own, if they want any. */
      readonly sentinelUsername: string | undefined;
      readonly sentinelPassword: string | undefined;
    }
  /** Some of the cluster's nodes; they name the others. */
  | { readonly kind: "cluster"; readonly nodes: readonly RedisAddress[] };

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

type Kind = RedisTopology["kind"];

const standardPorts: Readonly<Record<Kind, number>> = { single: 6379, sentinel: 26_379, cluster: 6379 };

/** Reads `REDIS_URL`; a text that says what is wrong with it otherwise, without repeating any of it. */
export const parseRedisUrl = (text: string): RedisSetting | string => {
  const [, tls, named, rest = ""] = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(.*)$/s.exec(text) ?? [];
  if (tls === undefined) return "must begin with redis://, rediss://, redis+sentinel:// or redis+cluster://";
  const kind = named === "sentinel" || named === "cluster" ? named : "single";
  const [, credentials = "", hosts, path = "", query = ""] =
    /^(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^@?#]*))?(?:\?([^@?#]*))?$/.exec(rest) ?? [];
  const [username = "", password = ""] = splitOnce(credentials, ":").map(decode);
  if (hosts === undefined || username.includes("\0") || password.includes("\0"))
    return "is not a URL; a password needs its @ / ? # : % written as %40 %2F %3F %23 %3A %25";
  const addresses = hosts.split(",").flatMap((host) => parseAddress(host, standardPorts[kind]));
  const [first, ...others] = addresses;
  if (first === undefined || addresses.length < hosts.split(",").length) return "has no valid host and port";
  if (kind === "single" && others.length > 0)
    return "names several hosts: redis+sentinel:// or redis+cluster:// says what they are";
  const topology = parseTopology(kind, [first, ...others], { path, query: new URLSearchParams(query) });
  if (typeof topology === "string") return topology;
  return { topology, username: username || undefined, password: password || undefined, isEncrypted: tls === "s" };
};

const splitOnce = (text: string, separator: string): readonly [string, string] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

/** NUL where it is not encoded as a URL is. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return "\0";
  }
};

const parseAddress = (text: string, standardPort: number): readonly RedisAddress[] => {
  if (!/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d+)?$/i.test(text) || !URL.canParse(`redis://${text}`)) return [];
  const { hostname, port } = new URL(`redis://${text}`);
  return [{ host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? standardPort : Number(port) }];
};

const parseTopology = (
  kind: Kind,
  addresses: readonly [RedisAddress, ...RedisAddress[]],
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
): RedisTopology | string => {
  const options = kind === "sentinel" ? ["sentinelUsername", "sentinelPassword"] : [];
  const unknown = [...query.keys()].find((name) => !options.includes(name));
  // The name itself might be a password that was not encoded.
  if (unknown !== undefined) return `has options that it does not know; ${options.join(", ") || "it has none"}`;
  if (kind === "cluster") return path === "" ? { kind, nodes: addresses } : "names a database, which no cluster has";
  const [master, number] = kind === "sentinel" ? splitOnce(path, "/") : ["", path];
  if (!/^(?:[0-9]{1,5})?$/.test(number)) return "has a database that is not a number";
  const database = Number(number);
  if (kind === "single") return { kind, server: addresses[0], database };
  if (!/^[\w.-]+$/.test(master)) return "names no master after the sentinels, as in redis+sentinel://a,b,c/mymaster";
  return {
    kind,
    sentinels: addresses,
    master,
    database,
    sentinelUsername: query.get("sentinelUsername") || undefined,
    sentinelPassword: query.get("sentinelPassword") || undefined,
  };
};
