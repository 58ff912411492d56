import { isIP } from "node:net";
import { join, resolve } from "node:path";
import { type DatabaseSetting, parseDatabaseUrl } from "./database-url.js";
import { isRange } from "./is-range.js";
import { isLoopback } from "./loopback.js";
import { type MailFrom, parseMailFrom } from "./mail-from.js";
import type { Environment } from "./read-env.js";
import { parseRedisUrl, type RedisSetting } from "./redis-url.js";
import { parseSecret } from "./secret-key.js";
import { SettingsRefused } from "./settings-refused.js";
import { parseSmsUrl, type SmsUrl } from "./sms-url.js";
import { parseSmtpUrl, type SmtpSetting } from "./smtp-url.js";

/** What the environment says, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly database: DatabaseSetting;
  /** Where the windows of client addresses are counted; `undefined`: in the database. */
  readonly redis: RedisSetting | undefined;
  /** Newest first; `undefined`: the file `secret.key` in the data directory. */
  readonly secretKeys: readonly Uint8Array[] | undefined;
  /** `undefined`: messages wait, in development in its inbox. */
  readonly smtp: SmtpSetting | undefined;
  /** Always there with `smtp`. */
  readonly mailFrom: MailFrom | undefined;
  /** The short form of one gateway; `undefined`: those of the configuration, if there are any. */
  readonly smsUrl: SmsUrl | undefined;
  /** Addresses and ranges in CIDR form. */
  readonly trustedProxies: readonly string[];
  /** `undefined`: `./trilithon.config.json`, if it is there. */
  readonly configurationFile: string | undefined;
  readonly logLevel: LogLevel;
  readonly isProduction: boolean;
}

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];

/** One environment variable, as its page tells it. */
export interface SettingRow {
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly sentence: string;
  readonly example: string;
}

/** Every environment variable that this version reads. */
export const settingRows = [
  {
    name: "HOST",
    type: "IP address or host name",
    default: "127.0.0.1",
    sentence: "The address to listen on; `0.0.0.0` or `::` for all.",
    example: "0.0.0.0",
  },
  {
    name: "PORT",
    type: "0 to 65535",
    default: "8080",
    sentence: "The port to listen on; 0 takes a free one.",
    example: "8080",
  },
  {
    name: "PUBLIC_URL",
    type: "http or https URL",
    default: "http://localhost:$PORT",
    sentence:
      "How callers reach this server: the base of links and of the issuer in tokens, never taken from a request. In production it must be https, unless its host is this machine.",
    example: "https://id.example.org",
  },
  {
    name: "DATA_DIR",
    type: "folder",
    default: "./data",
    sentence: "Where the embedded database and the generated secret are kept; made when it is missing.",
    example: "/var/lib/trilithon",
  },
  {
    name: "DATABASE_URL",
    type: "URL",
    default: "sqlite:$DATA_DIR/trilithon.db",
    sentence: "The database: a file for the embedded SQLite, or one PostgreSQL, MariaDB or MySQL server.",
    example: "postgres://trilithon:password@db.example.org:5432/trilithon",
  },
  {
    name: "REDIS_URL",
    type: "URL",
    default: "",
    sentence:
      "Where the windows of client addresses are counted, which nodes then share without asking the database. Empty: in the database. `rediss://` encrypts; `redis+sentinel://a:26379,b:26379,c:26379/mymaster` and `redis+cluster://a:6379,b:6379,c:6379` (encrypted `rediss+sentinel://`, `rediss+cluster://`) are for several servers. User and password stand before the host, a database's number after it; sentinels with a password of their own take `?sentinelPassword=`. [What a loss costs](redis.md).",
    example: "redis://:password@redis.example.org:6379/0",
  },
  {
    name: "SECRET_KEY",
    type: "32 bytes in base64url, or a list of them",
    default: "made in $DATA_DIR/secret.key for the embedded database, required otherwise",
    sentence:
      "Everything keyed or encrypted derives from it. A list, newest first and separated by commas, serves its rotation. Make one with `openssl rand -base64 32 | tr '+/' '-_' | tr -d '='`. Whoever loses it loses every password and signing key: keep a copy apart from the database.",
    example: "the output of openssl rand -base64 32 | tr '+/' '-_' | tr -d '='",
  },
  {
    name: "SMTP_URL",
    type: "smtp or smtps URL",
    default: "",
    sentence:
      "The SMTP server that messages are handed to; `docs/operate/mail.md` names its options. Empty: messages wait, and are read at `/dev/inbox` on this machine; then HOST and PUBLIC_URL must be this machine, and production refuses to start when a mount needs mail.",
    example: "smtps://user:password@mail.example.org",
  },
  {
    name: "MAIL_FROM",
    type: "e-mail address, or a name with one",
    default: "",
    sentence: "Whom messages come from, needed with SMTP_URL. The name is what they call this service.",
    example: "Example <no-reply@example.org>",
  },
  {
    name: "SMS_URL",
    type: "http or https URL",
    default: "",
    sentence:
      'The gateway that SMS are handed to, by a POST of `{"to","text","id"}`; any 2xx accepts it, and user and password are sent as Basic. `sms.gateways` of the configuration file knows more of them, and other kinds ([SMS](sms.md)). Empty: SMS wait, and are read at `/dev/inbox` on this machine; in production telephone numbers are refused then. Production takes http on this machine alone.',
    example: "https://user:password@sms.example.org/send",
  },
  {
    name: "TRUSTED_PROXIES",
    type: "list of addresses and CIDR ranges",
    default: "",
    sentence:
      "The proxies whose forwarding headers count, separated by commas. Empty: a caller's address is that of the connection.",
    example: "127.0.0.1,10.0.0.0/8",
  },
  {
    name: "TRILITHON_CONFIG",
    type: "file",
    default: "./trilithon.config.json if it is there",
    sentence: "Mounts, limits and lifetimes, as `trilithon.config.schema.json` describes them.",
    example: "/etc/trilithon/trilithon.config.json",
  },
  {
    name: "LOG_LEVEL",
    type: logLevels.join(", "),
    default: "info",
    sentence: "What is logged, from this level on.",
    example: "warn",
  },
  {
    name: "NODE_ENV",
    type: "production, development or test",
    default: "",
    sentence:
      "`production` refuses a PUBLIC_URL without https and names every value weaker than its default at the start.",
    example: "production",
  },
] as const satisfies readonly SettingRow[];

/** Checks the environment, an empty variable counting as unset. Throws `SettingsRefused` with every fault at once. */
export const parseSettings = (environment: Environment): Settings => {
  const faults: string[] = [];
  const read = <T>(name: SettingName, fallback: string, parse: (text: string) => T | Fault): T | undefined => {
    const value = parse(environment[name]?.trim() || fallback);
    if (!(value instanceof Fault)) return value;
    faults.push(`${name} ${value.says}. Example: ${name}=${exampleOf(name)}`);
    return undefined;
  };

  const nodeEnvironment = read("NODE_ENV", "", parseNodeEnvironment);
  const isProduction = nodeEnvironment === "production";
  const host = read("HOST", "127.0.0.1", parseHost);
  const port = read("PORT", "8080", parsePort);
  const publicUrl = read("PUBLIC_URL", `http://localhost:${String(port ?? 8080)}`, (text) =>
    parsePublicUrl(text, isProduction),
  );
  const dataDirectory = resolve(environment["DATA_DIR"]?.trim() || "./data");
  const database = read("DATABASE_URL", `sqlite:${join(dataDirectory, "trilithon.db")}`, (text) =>
    orFault(parseDatabaseUrl(text)),
  );
  const redis = read("REDIS_URL", "", (text) => (text === "" ? none : orFault(parseRedisUrl(text))));
  const secretKeys = read("SECRET_KEY", "", (text) => parseSecretKeys(text, database));
  const smtp = read("SMTP_URL", "", (text) => (text === "" ? none : orFault(parseSmtpUrl(text))));
  const mailFrom = read("MAIL_FROM", "", (text) => readMailFrom(text, smtp !== none));
  const smsUrl = read("SMS_URL", "", (text) => (text === "" ? none : orFault(parseSmsUrl(text))));
  const trustedProxies = read("TRUSTED_PROXIES", "", parseProxies);
  const logLevel = read("LOG_LEVEL", "info", parseLogLevel);
  faults.push(...unknownVariables(environment));

  if (
    faults.length > 0 ||
    host === undefined ||
    port === undefined ||
    publicUrl === undefined ||
    database === undefined ||
    redis === undefined ||
    secretKeys === undefined ||
    smtp === undefined ||
    mailFrom === undefined ||
    smsUrl === undefined ||
    trustedProxies === undefined ||
    logLevel === undefined
  ) {
    throw new SettingsRefused(faults);
  }
  return {
    host,
    port,
    publicUrl,
    dataDirectory,
    database,
    redis: redis === none ? undefined : redis,
    secretKeys: secretKeys.length === 0 ? undefined : secretKeys,
    smtp: smtp === none ? undefined : smtp,
    mailFrom: mailFrom === none ? undefined : mailFrom,
    smsUrl: smsUrl === none ? undefined : smsUrl,
    trustedProxies,
    configurationFile: environment["TRILITHON_CONFIG"]?.trim() || undefined,
    logLevel,
    isProduction,
  };
};

type SettingName = (typeof settingRows)[number]["name"];

class Fault {
  readonly says: string;
  constructor(says: string) {
    this.says = says;
  }
}

/** A variable that is empty where it may be. */
const none = Symbol("none");

const orFault = <T>(value: T | string): T | Fault => (typeof value === "string" ? new Fault(value) : value);

const exampleOf = (name: SettingName): string => settingRows.find((row) => row.name === name)?.example ?? "";

/** A value in a message: never one that could hold a password. */
const shown = (text: string): string =>
  text.length > 60 || /[@\s]|:\/\//.test(text) ? "the value" : JSON.stringify(text);

const parseNodeEnvironment = (text: string): string | Fault =>
  ["", "production", "development", "test"].includes(text)
    ? text
    : new Fault(`is ${shown(text)}, which is none of production, development, test`);

const hostName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const parseHost = (text: string): string | Fault =>
  isIP(text) !== 0 || (hostName.test(text) && !/^[\d.]+$/.test(text))
    ? text
    : new Fault(`is ${shown(text)}, which is neither an IP address nor a host name`);

const parsePort = (text: string): number | Fault =>
  /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
    ? Number(text)
    : new Fault(`is ${shown(text)}, which is not a number from 0 to 65535`);

const parsePublicUrl = (text: string, isProduction: boolean): string | Fault => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return new Fault("is not an http or https URL");
  if (url.username !== "" || url.password !== "") return new Fault("holds a user name or password");
  if (url.search !== "" || url.hash !== "" || /[?#]$/.test(text)) return new Fault("has a query or fragment");
  if (isProduction && url.protocol === "http:" && !isLoopback(url.hostname))
    return new Fault("is not https although NODE_ENV is production");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
};

const parseSecretKeys = (text: string, database: DatabaseSetting | undefined): readonly Uint8Array[] | Fault => {
  if (text === "") {
    return database === undefined || database.engine === "sqlite"
      ? []
      : new Fault("is not set: every database but the embedded one needs it, the same on every node");
  }
  const keys: Uint8Array[] = [];
  for (const [at, part] of text.split(",").entries()) {
    const key = parseSecret(part.trim());
    const which = at === 0 ? "" : ` (number ${String(at + 1)} of the list)`;
    if (typeof key === "string") return new Fault(`${key}${which}`);
    if (keys.some((other) => Buffer.compare(other, key) === 0)) return new Fault(`names the same secret twice${which}`);
    keys.push(key);
  }
  return keys;
};

const readMailFrom = (text: string, isNeeded: boolean): MailFrom | typeof none | Fault => {
  if (text !== "") return orFault(parseMailFrom(text));
  return isNeeded ? new Fault("is not set, although SMTP_URL is") : none;
};

const parseProxies = (text: string): readonly string[] | Fault => {
  const proxies = text.split(/[\s,]+/).filter((part) => part !== "");
  const wrong = proxies.find((proxy) => !isRange(proxy));
  if (wrong !== undefined) return new Fault(`has ${shown(wrong)}, which is neither an address nor a CIDR range`);
  const everybody = proxies.find((proxy) => proxy.endsWith("/0"));
  if (everybody !== undefined) return new Fault(`has ${everybody}: every caller could forge his address`);
  return proxies;
};

const parseLogLevel = (text: string): LogLevel | Fault =>
  logLevels.find((level) => level === text) ?? new Fault(`is ${shown(text)}, which is none of ${logLevels.join(", ")}`);

const unknownVariables = (environment: Environment): readonly string[] =>
  Object.keys(environment)
    .filter((name) => /^TRILITHON_/i.test(name) && name !== "TRILITHON_CONFIG")
    .map(
      (name) =>
        `${name} is not a setting of this server. The only one of that kind: TRILITHON_CONFIG=${exampleOf("TRILITHON_CONFIG")}`,
    );
