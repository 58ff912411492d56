import { readFile } from "node:fs/promises";
import { codeSending } from "#core/limits/sending-budget.js";
import type { MountPolicy, PasswordPolicy, Profile, SignInPolicy } from "#core/policy.js";
import type { RateLimit } from "#core/refusal.js";
import type { WrittenConfiguration } from "./config-schema.js";
import { formatDuration, parseDuration } from "./duration.js";
import { completeProviders, type ProviderConfiguration } from "./providers.js";
import { SettingsRefused } from "./settings-refused.js";

/** `trilithon.config.json` with every default filled in. */
export interface Configuration {
  /** The file it was read from; `undefined`: there is none, everything is a default. */
  readonly file: string | undefined;
  readonly mounts: readonly MountConfiguration[];
  /** In the order in which they are offered. */
  readonly providers: readonly ProviderConfiguration[];
  readonly retention: Retention;
  readonly signing: SigningConfiguration;
}

export interface MountConfiguration {
  /** The same as `policy.mount`. */
  readonly name: string;
  readonly contract: "jwt";
  /** Without a slash at its end: empty at the root of a host. */
  readonly prefix: string;
  /** The only host name it is served on; `undefined`: any. */
  readonly host: string | undefined;
  /** Origins of browser clients; `*` alone for every one. */
  readonly corsOrigins: readonly string[];
  /** At which people may sign in here; those of `Configuration.providers` that the mount names. */
  readonly providers: readonly ProviderConfiguration[];
  readonly policy: MountPolicy;
}

/** How long things are kept after their end; milliseconds. */
export interface Retention {
  readonly deletedAccountsIn: number;
  readonly failureRecordsIn: number;
  readonly sessionsIn: number;
}

export interface SigningConfiguration {
  /** Milliseconds for which a key signs. */
  readonly rotateEveryIn: number;
}

/** Where the file is, and what its defaults are made of. */
export interface ConfigurationSource {
  /** `TRILITHON_CONFIG`; a file that is named must be there. */
  readonly file: string | undefined;
  readonly publicUrl: string;
}

/** Reads, checks and completes the configuration. Throws `SettingsRefused` with every fault that can be told at once. */
export const readConfiguration = async (source: ConfigurationSource): Promise<Configuration> => {
  const file = source.file ?? "./trilithon.config.json";
  const text = await readText(file, source.file !== undefined);
  if (text === undefined) return complete({}, undefined, source.publicUrl);
  // The validator takes 150 ms to load, which a start without a file need not spend.
  const { checkConfiguration } = await import("./check-config.js");
  return complete(checkConfiguration(text, file), file, source.publicUrl);
};

/** Every value in force that is weaker than its default, in words; by its path in the file. */
export const weakerThanDefault = (configuration: Configuration): readonly string[] => {
  const standard = complete({}, undefined, "http://localhost");
  const [standardMount] = standard.mounts;
  return [
    ...configuration.mounts.flatMap((mount) => (standardMount === undefined ? [] : weakerMount(mount, standardMount))),
    ...longer(
      "retention.deletedAccounts",
      configuration.retention.deletedAccountsIn,
      standard.retention.deletedAccountsIn,
    ),
    ...longer(
      "retention.failureRecords",
      configuration.retention.failureRecordsIn,
      standard.retention.failureRecordsIn,
    ),
    ...longer("retention.sessions", configuration.retention.sessionsIn, standard.retention.sessionsIn),
    ...longer("signing.rotateEvery", configuration.signing.rotateEveryIn, standard.signing.rotateEveryIn),
  ];
};

/** Every behaviour in force that a contract demands although good practice differs, by its row of `specs/hardened.md`. */
export const literalBehaviours = (configuration: Configuration): readonly string[] =>
  configuration.mounts
    .filter((mount) => mount.policy.profile === "contract")
    .flatMap((mount) => [
      `${placeOf(mount)}: registration tells whether a user name or e-mail is taken (row 2)`,
      ...(mount.policy.tokens.rotation === "always"
        ? []
        : [`${placeOf(mount)}: refresh tokens are replaced only for clients that ask for it (row 8)`]),
      ...(mount.policy.passwords.needsAllClasses
        ? [`${placeOf(mount)}: passwords must mix upper case, lower case, digits and other characters (row 14)`]
        : []),
    ]);

const readText = async (file: string, isNamed: boolean): Promise<string | undefined> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "ENOENT" && !isNamed) return undefined;
    const fault = code === "ENOENT" ? "is not there" : `cannot be read (${code})`;
    const name = isNamed ? `TRILITHON_CONFIG names ${file}, which` : file;
    throw new SettingsRefused([`${name} ${fault}. Example: TRILITHON_CONFIG=/etc/trilithon/trilithon.config.json`]);
  }
};

const complete = (written: WrittenConfiguration, file: string | undefined, publicUrl: string): Configuration => {
  const mounts = (written.mounts ?? [{ contract: "jwt" as const }]).map((mount) => completeMount(mount, publicUrl));
  const providerFaults: string[] = [];
  const providers = completeProviders(written.providers ?? [], providerFaults);
  const faults = [
    ...providerFaults,
    ...(written.mounts ?? []).flatMap((mount, at) => writtenFaults(mount, `mounts[${String(at)}]`)),
    ...mounts.flatMap((mount, at) => mountFaults(mount, `mounts[${String(at)}]`)),
    ...mounts.flatMap((mount, at) => collisions(mount, mounts.slice(0, at), at)),
  ];
  if (faults.length > 0) throw new SettingsRefused(faults.map((fault) => `${file ?? "configuration"}: ${fault}`));
  return {
    file,
    mounts,
    providers,
    retention: {
      deletedAccountsIn: parseDuration(written.retention?.deletedAccounts ?? "30d"),
      failureRecordsIn: parseDuration(written.retention?.failureRecords ?? "30d"),
      sessionsIn: parseDuration(written.retention?.sessions ?? "30d"),
    },
    signing: { rotateEveryIn: parseDuration(written.signing?.rotateEvery ?? "90d") },
  };
};

type WrittenMount = NonNullable<WrittenConfiguration["mounts"]>[number];

const completeMount = (written: WrittenMount, publicUrl: string): MountConfiguration => {
  const name = written.name ?? written.contract;
  const prefix = (written.prefix ?? (written.host === undefined ? "/auth" : "/")).replace(/^\/$/, "");
  const base = written.host === undefined ? publicUrl : `${new URL(publicUrl).protocol}//${written.host}`;
  const issuer = written.tokens?.issuer ?? `${base}${prefix}`;
  const policy: MountPolicy = {
    mount: name,
    profile: written.profile ?? "contract",
    passwords: jwtPasswords(written.passwords?.minimumLength ?? 12),
    signIn,
    codes: { guessBudget: { limit: 50, restIn: parseDuration("1d"), disabledAt: 1_000_000 }, sending: codeSending },
    messages: { language: "contract" },
    handoff: { redirectUris: [], baseUrl: `${base}${prefix}` },
    protectedEmails: ["admin@gmail.com"],
    sessions: {
      idleIn: parseDuration(written.lifetimes?.sessionIdle ?? "7d"),
      absoluteIn: parseDuration(written.lifetimes?.sessionAbsolute ?? "30d"),
    },
    tokens: {
      algorithm: written.tokens?.algorithm ?? "ES256",
      issuer,
      audience: written.tokens?.audience ?? issuer,
      accessIn: parseDuration(written.lifetimes?.access ?? "1h"),
      refreshIn: parseDuration(written.lifetimes?.refresh ?? "30d"),
      rotation: written.tokens?.rotation ?? "by-client",
      rotationGraceIn: parseDuration("10s"),
    },
    addressLimits: {
      register: rateLimit(written.addressLimits?.register ?? { limit: 5, per: "1 minute" }),
      login: rateLimit(written.addressLimits?.login ?? { limit: 10, per: "1 minute" }),
      refresh: rateLimit(written.addressLimits?.refresh ?? { limit: 60, per: "1 hour" }),
    },
  };
  return {
    name,
    contract: written.contract,
    prefix,
    host: written.host,
    corsOrigins: written.cors?.origins ?? ["*"],
    providers: [],
    policy,
  };
};

const rateLimit = (written: { readonly limit: number; readonly per: string }): RateLimit => ({
  limit: written.limit,
  windowIn: parseDuration(written.per),
});

const signIn: SignInPolicy = {
  passwordBudget: { limit: 10, restIn: parseDuration("1h"), disabledAt: 100 },
  knownDeviceBudget: { limit: 5, restIn: parseDuration("1h"), disabledAt: 100 },
  deviceKnownIn: parseDuration("30d"),
};

const jwtPasswords = (minimumLength: number): PasswordPolicy => ({
  minimumLength,
  maximumLength: 1_000,
  needsAllClasses: true,
  refusesCommon: true,
  refusesNumeric: false,
  refusesSimilar: false,
});

const refusedProfiles: Partial<Record<Profile, string>> = {
  hardened:
    'must be "contract": a hardened jwt mount proves every e-mail address before the first sign-in, and this version has no mail',
};

/** Paths of the server itself. */
const reserved = ["healthz", "readyz", "metrics", "dev", "reset-password", "hosted.css"];

const writtenFaults = (written: WrittenMount, at: string): readonly string[] => {
  const origins = written.cors?.origins ?? ["*"];
  const unreal = origins.filter((origin) => origin !== "*" && !isOrigin(origin));
  return [
    ...unreal.map(
      (origin) =>
        `${at}.cors.origins has ${JSON.stringify(origin)}, which is not an origin such as "https://app.example.org"`,
    ),
    ...(origins.includes("*") && origins.length > 1
      ? [`${at}.cors.origins must be ["*"] alone, or a list without it`]
      : []),
  ];
};

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

const mountFaults = ({ prefix, host, policy }: MountConfiguration, at: string): readonly string[] => {
  const { sessions, tokens } = policy;
  const profileFault = refusedProfiles[policy.profile];
  return [
    ...(profileFault === undefined ? [] : [`${at}.profile ${profileFault}`]),
    ...(prefix === "" && host === undefined ? [`${at}.prefix is "/", which needs a host of its own (${at}.host)`] : []),
    ...(reserved.includes(prefix.split("/")[1] ?? "")
      ? [`${at}.prefix is ${JSON.stringify(prefix)}, which the server itself answers`]
      : []),
    ...(sessions.idleIn > sessions.absoluteIn
      ? [`${at}.lifetimes.sessionIdle must not be longer than sessionAbsolute`]
      : []),
    ...(tokens.accessIn > sessions.absoluteIn
      ? [`${at}.lifetimes.access must not be longer than sessionAbsolute`]
      : []),
    ...(tokens.accessIn > tokens.refreshIn ? [`${at}.lifetimes.access must not be longer than refresh`] : []),
  ];
};

const collisions = (mount: MountConfiguration, earlier: readonly MountConfiguration[], at: number): readonly string[] =>
  earlier.flatMap((other, otherAt) => {
    const places = `mounts[${String(otherAt)}] and mounts[${String(at)}]`;
    const contains = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
    const overlap =
      other.host === mount.host && (contains(other.prefix, mount.prefix) || contains(mount.prefix, other.prefix));
    const isSameIssuer = other.policy.tokens.issuer === mount.policy.tokens.issuer;
    return [
      ...(other.name === mount.name
        ? [`${places} have the same name ${JSON.stringify(mount.name)}: give each its own`]
        : []),
      ...(overlap ? [`${places} overlap at ${placeOf(mount)}: one prefix lies within the other`] : []),
      ...(isSameIssuer && !overlap
        ? [`${places} have the same issuer, so that one's tokens would look like the other's`]
        : []),
    ];
  });

const placeOf = ({ name, host, prefix }: MountConfiguration): string =>
  `${name} (${host ?? ""}${prefix === "" ? "/" : prefix})`;

const weakerMount = ({ name, policy }: MountConfiguration, standard: MountConfiguration): readonly string[] => {
  const { sessions, tokens, passwords, addressLimits } = standard.policy;
  return [
    ...longer(`${name}: lifetimes.access`, policy.tokens.accessIn, tokens.accessIn),
    ...longer(`${name}: lifetimes.refresh`, policy.tokens.refreshIn, tokens.refreshIn),
    ...longer(`${name}: lifetimes.sessionIdle`, policy.sessions.idleIn, sessions.idleIn),
    ...longer(`${name}: lifetimes.sessionAbsolute`, policy.sessions.absoluteIn, sessions.absoluteIn),
    ...(policy.passwords.minimumLength < passwords.minimumLength
      ? [
          `${name}: passwords.minimumLength is ${String(policy.passwords.minimumLength)}, the default is ${String(passwords.minimumLength)}`,
        ]
      : []),
    ...Object.entries(addressLimits).flatMap(([endpoint, limit]) =>
      wider(`${name}: addressLimits.${endpoint}`, policy.addressLimits[endpoint] ?? limit, limit),
    ),
  ];
};

const longer = (what: string, value: number, standard: number): readonly string[] =>
  value > standard ? [`${what} is ${formatDuration(value)}, the default is ${formatDuration(standard)}`] : [];

/** Weaker: more at once, or more in the long run. */
const wider = (what: string, value: RateLimit, standard: RateLimit): readonly string[] => {
  const isWider = value.limit > standard.limit || value.limit / value.windowIn > standard.limit / standard.windowIn;
  const words = ({ limit, windowIn }: RateLimit): string => `${String(limit)} per ${formatDuration(windowIn)}`;
  return isWider ? [`${what} is ${words(value)}, the default is ${words(standard)}`] : [];
};
