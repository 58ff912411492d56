import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { parseEmail } from "#core/identities/email.js";
import { codeSending } from "#core/limits/sending-budget.js";
import type { SmsSending } from "#core/limits/sms-sending.js";
import type { MountPolicy, SignInPolicy } from "#core/policy.js";
import type { RateLimit } from "#core/refusal.js";
import type { WrittenConfiguration } from "./config-schema.js";
import {
  type ContractDefaults,
  contractDefaults,
  type ContractName,
  protectedByDefault,
  type WrittenLimit,
} from "./contract-defaults.js";
import { parseDuration } from "./duration.js";
import { isOrigin } from "./is-origin.js";
import { mountSchema } from "./mount-schema.js";

import { redirectFault } from "./redirect-uri.js";
import { contractsKey } from "./schema-parts.js";

/** One contract at one place. */
export interface MountConfiguration {
  /** The same as `policy.mount`. */
  readonly name: string;
  readonly contract: ContractName;
  /** Without a slash at its end: empty at the root. */
  readonly prefix: string;
  /** The only host name it is served on; `undefined`: any. */
  readonly host: string | undefined;
  /** Origins of browser clients; `*` alone for every one. */
  readonly corsOrigins: readonly string[];
  /** At which people may sign in here, in the order in which they are offered. */
  readonly providers: readonly ProviderConfiguration[];
  readonly policy: MountPolicy;
}

type WrittenMount = NonNullable<WrittenConfiguration["mounts"]>[number];

interface Surroundings {
  readonly publicUrl: string;
  readonly providers: readonly ProviderConfiguration[];
  readonly smsSending: SmsSending;
  /** Names of all mounts. */
  readonly names: readonly string[];
}

/** Completes the mounts of the configuration; what is wrong with one goes to `faults`, by its path. */
export const completeMounts = (
  written: readonly WrittenMount[],
  sources: Omit<Surroundings, "names">,
  faults: string[],
): readonly MountConfiguration[] => {
  const surroundings = { ...sources, names: written.map(nameOf) };
  const mounts = written.map((mount) => completeMount(mount, surroundings));
  for (const [at, mount] of written.entries())
    faults.push(...writtenFaults(mount, surroundings).map((fault) => `mounts[${String(at)}].${fault}`));
  for (const [at, mount] of mounts.entries())
    faults.push(...mountFaults(mount).map((fault) => `mounts[${String(at)}].${fault}`));
  for (const [at, mount] of mounts.entries()) faults.push(...collisions(mount, mounts.slice(0, at), at));
  return mounts;
};

/** How a mount is told to an operator. */
export const placeOf = ({ name, host, prefix }: MountConfiguration): string =>
  `${name} (${host ?? ""}${prefix === "" ? "/" : prefix})`;

const nameOf = ({ name, contract }: WrittenMount): string => name ?? contract;

const completeMount = (
  written: WrittenMount,
  { publicUrl, providers, smsSending, names }: Surroundings,
): MountConfiguration => {
  const { contract, host } = written;
  const defaults = contractDefaults[contract];
  const name = nameOf(written);
  const profile = written.profile ?? "contract";
  const prefix = (written.prefix ?? (host === undefined ? defaults.prefix : "/")).replace(/^\/$/, "");
  const baseUrl = `${host === undefined ? publicUrl : onHost(publicUrl, host)}${prefix}`;
  const issuer = written.tokens?.issuer ?? baseUrl;
  return {
    name,
    contract,
    prefix,
    host,
    // Of the platform contract, API keys list them.
    corsOrigins: contract === "platform" ? [] : (written.cors?.origins ?? ["*"]),
    providers: contract === "account" ? offered(providers, written.providers) : [],
    policy: {
      mount: name,
      mounts: names,
      profile,
      passwords: {
        ...defaults.passwords,
        ...(profile === "hardened" ? defaults.hardenedPasswords : {}),
        minimumLength: written.passwords?.minimumLength ?? defaults.passwords.minimumLength,
      },
      signIn,
      codes: {
        guessBudget: { limit: 50, restIn: parseDuration("1d"), disabledAt: 1_000_000 },
        sending: codeSending,
        sms: smsSending,
      },
      messages: { language: written.language ?? "contract" },
      handoff: { redirectUris: written.handoff?.redirectUris ?? [], baseUrl },
      protectedEmails: (written.protectedEmails ?? protectedByDefault).map(normalized),
      sessions: {
        idleIn: parseDuration(written.lifetimes?.sessionIdle ?? defaults.sessionIdle),
        absoluteIn: parseDuration(written.lifetimes?.sessionAbsolute ?? defaults.sessionAbsolute),
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
      addressLimits: addressLimits(written.addressLimits, defaults),
    },
  };
};

/** The public address, at another host name; scheme and port stay. */
const onHost = (publicUrl: string, host: string): string => {
  const url = new URL(publicUrl);
  url.hostname = host;
  return url.origin;
};

const offered = (
  providers: readonly ProviderConfiguration[],
  names: readonly string[] | undefined,
): readonly ProviderConfiguration[] =>
  names === undefined ? providers : providers.filter(({ name }) => names.includes(name));

const normalized = (email: string): string => parseEmail(email)?.normalizedValue ?? email;

const addressLimits = (
  written: Readonly<Record<string, WrittenLimit | undefined>> = {},
  defaults: ContractDefaults,
): MountPolicy["addressLimits"] =>
  Object.fromEntries(
    Object.entries(defaults.addressLimits).map(([endpoint, limit]) => [
      endpoint,
      rateLimit(written[endpoint] ?? limit),
    ]),
  );

const rateLimit = ({ limit, per }: WrittenLimit): RateLimit => ({ limit, windowIn: parseDuration(per) });

const signIn: SignInPolicy = {
  passwordBudget: { limit: 10, restIn: parseDuration("1h"), disabledAt: 100 },
  knownDeviceBudget: { limit: 5, restIn: parseDuration("1h"), disabledAt: 100 },
  deviceKnownIn: parseDuration("30d"),
};

/** Of what was written, each by its path below the mount. */
const writtenFaults = (written: WrittenMount, { providers }: Surroundings): readonly string[] => {
  const origins = written.cors?.origins ?? ["*"];
  return [
    ...foreignKeys(written, written.contract),
    ...origins
      .filter((origin) => origin !== "*" && !isOrigin(origin))
      .map((origin) => `cors.origins has ${quote(origin)}, which is not an origin such as "https://app.example.org"`),
    ...(origins.includes("*") && origins.length > 1 ? [`cors.origins must be ["*"] alone, or a list without it`] : []),
    ...(written.protectedEmails ?? [])
      .filter((email) => parseEmail(email) === undefined)
      .map((email) => `protectedEmails has ${quote(email)}, which is not an e-mail address`),
    ...(written.handoff?.redirectUris ?? []).flatMap((uri) => {
      const fault = redirectFault(uri);
      return fault === undefined ? [] : [`handoff.redirectUris has ${quote(uri)}, which ${fault}`];
    }),
    ...(written.providers ?? [])
      .filter((name) => !providers.some((provider) => provider.name === name))
      .map((name) => `providers has ${quote(name)}, which is no provider's name`),
  ];
};

interface Field {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly [contractsKey]?: readonly string[];
}

/** What other contracts' mounts may have, but this one may not. */
const foreignKeys = (written: object, contract: ContractName, field: Field = mountSchema, at = ""): readonly string[] =>
  Object.entries(written).flatMap(([key, value]: [string, unknown]) => {
    const inner = field.properties?.[key];
    const allowed = inner?.[contractsKey] ?? [contract];
    if (!allowed.includes(contract))
      return [`${at}${key} is not for the contract ${contract}, only for ${allowed.join(", ")}`];
    if (inner?.properties === undefined || typeof value !== "object" || value === null) return [];
    return foreignKeys(value, contract, inner, `${at}${key}.`);
  });

/** First parts of paths that are the server's own. */
export const ownPaths: readonly string[] = ["healthz", "readyz", "metrics", "dev", "reset-password", "hosted.css"];

const mountFaults = ({ contract, prefix, policy }: MountConfiguration): readonly string[] => {
  const { sessions, tokens } = policy;
  const tokenFaults =
    contract === "jwt"
      ? [
          ...(tokens.accessIn > sessions.absoluteIn
            ? ["lifetimes.access must not be longer than sessionAbsolute"]
            : []),
          ...(tokens.accessIn > tokens.refreshIn ? ["lifetimes.access must not be longer than refresh"] : []),
        ]
      : [];
  return [
    ...(ownPaths.includes(prefix.split("/")[1] ?? "")
      ? [`prefix is ${quote(prefix)}, which the server itself answers`]
      : []),
    ...(sessions.idleIn > sessions.absoluteIn ? ["lifetimes.sessionIdle must not be longer than sessionAbsolute"] : []),
    ...tokenFaults,
  ];
};

const collisions = (mount: MountConfiguration, earlier: readonly MountConfiguration[], at: number): readonly string[] =>
  earlier.flatMap((other, otherAt) => {
    const places = `mounts[${String(otherAt)}] and mounts[${String(at)}]`;
    // The paths of the platform contract are a few below its prefix: it may stand where another stands.
    const isSamePlace =
      other.host === mount.host &&
      other.prefix === mount.prefix &&
      (other.contract === "platform") === (mount.contract === "platform");
    const isSameIssuer =
      other.contract === "jwt" && mount.contract === "jwt" && other.policy.tokens.issuer === mount.policy.tokens.issuer;
    return [
      ...(other.name === mount.name ? [`${places} have the same name ${quote(mount.name)}: give each its own`] : []),
      ...(isSamePlace ? [`${places} have the same place ${placeOf(mount)}: give each its own prefix or host`] : []),
      ...(isSameIssuer && !isSamePlace
        ? [`${places} have the same issuer, so that one's tokens would look like the other's`]
        : []),
    ];
  });

const quote = (text: string): string => JSON.stringify(text);
