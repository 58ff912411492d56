import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { WrittenConfiguration } from "./config-schema.js";
import { isUrl } from "./is-url.js";

/** An identity provider at which people may sign in: complete and checked, its secrets read from their files. */
export interface ProviderConfiguration {
  /** As in `?provider=`, in the path that the provider sends browsers back to, and in identifiers. */
  readonly name: string;
  /** For a button. */
  readonly title: string;
  readonly preset: ProviderPreset;
  /**
   * Where discovery begins, and what `iss` must be, byte for byte. Of Microsoft's `common`, `organizations` and `consumers` tokens name
   * the user's own tenant instead; GitHub is no OpenID provider: the address of its server.
   */
  readonly issuer: string;
  readonly clientId: string;
  readonly credential: ProviderCredential;
  readonly scopes: readonly string[];
  /** Domains in small letters for which it is believed that an address is its user's; `*` alone for every one. */
  readonly trustsEmailsOf: readonly string[];
}

/** `openid`: any provider that OpenID Connect Discovery can find. */
export type ProviderPreset = "openid" | "google" | "apple" | "github" | "microsoft";

/** How the token endpoint knows this server. */
export type ProviderCredential =
  | { readonly kind: "secret"; readonly clientSecret: string }
  /** Apple: a secret that is signed for each use, by ES256. `privateKey` is PEM. */
  | { readonly kind: "signed"; readonly teamId: string; readonly keyId: string; readonly privateKey: string }
  /** A public client: PKCE alone. */
  | { readonly kind: "none" };

export type WrittenProvider = NonNullable<WrittenConfiguration["providers"]>[number];

/** Completes the providers of the configuration; what is wrong with one goes to `faults`, by its path, never with a secret. */
export const completeProviders = (
  written: readonly WrittenProvider[],
  faults: string[],
): readonly ProviderConfiguration[] => {
  const providers = written.map((provider, index): ProviderConfiguration => {
    const at = `providers[${String(index)}]`;
    const preset = presets[provider.preset ?? "openid"];
    const issuer = provider.issuer ?? preset.issuer(provider.tenant);
    faults.push(...providerFaults(provider, at));
    return {
      name: provider.name,
      title: provider.title ?? preset.title ?? provider.name,
      preset: provider.preset ?? "openid",
      issuer,
      clientId: provider.clientId,
      credential: credentialOf(provider, at, faults),
      scopes: provider.scopes ?? preset.scopes,
      trustsEmailsOf: provider.trustsEmailsOf ?? preset.trustsEmailsOf,
    };
  });
  for (const [index, { name }] of providers.entries()) {
    const earlier = providers.findIndex((other) => other.name === name);
    if (earlier < index)
      faults.push(`providers[${String(earlier)}] and providers[${String(index)}] have the same name ${quote(name)}`);
  }
  return providers;
};

interface Preset {
  readonly title: string | undefined;
  issuer(tenant: string | undefined): string;
  readonly scopes: readonly string[];
  readonly trustsEmailsOf: readonly string[];
}

const presets: Readonly<Record<ProviderPreset, Preset>> = {
  openid: { title: undefined, issuer: () => "", scopes: ["openid", "email", "profile"], trustsEmailsOf: [] },
  google: {
    title: "Google",
    issuer: () => "https://accounts.google.com",
    scopes: ["openid", "email", "profile"],
    // Of other domains Google says "verified" once and for all, although the address may have passed to somebody else since.
    trustsEmailsOf: ["gmail.com", "googlemail.com"],
  },
  apple: {
    title: "Apple",
    issuer: () => "https://appleid.apple.com",
    scopes: ["openid", "email", "name"],
    trustsEmailsOf: ["icloud.com", "me.com", "mac.com", "privaterelay.appleid.com"],
  },
  github: {
    title: "GitHub",
    issuer: () => "https://github.com",
    scopes: ["read:user", "user:email"],
    trustsEmailsOf: ["*"],
  },
  microsoft: {
    title: "Microsoft",
    issuer: (tenant = "common") => `https://login.microsoftonline.com/${tenant}/v2.0`,
    scopes: ["openid", "email", "profile"],
    // Administrators of any tenant write what they like into `email`.
    trustsEmailsOf: [],
  },
};

const providerFaults = (provider: WrittenProvider, at: string): readonly string[] => {
  const { preset, issuer, tenant, trustsEmailsOf = [] } = provider;
  const refused = (key: "tenant" | "teamId" | "keyId" | "privateKey", of: ProviderPreset): readonly string[] =>
    provider[key] === undefined || preset === of ? [] : [`${at}.${key} is for the preset ${of} only`];
  return [
    ...(preset === undefined && issuer === undefined ? [`${at} lacks "issuer" or "preset"`] : []),
    ...(issuer === undefined || isUrl(issuer, { insecure: "loopback" })
      ? []
      : [`${at}.issuer is not an https address without query and fragment`]),
    ...(tenant !== undefined && issuer !== undefined
      ? [`${at} has both "tenant" and "issuer": the one makes the other`]
      : []),
    ...refused("tenant", "microsoft"),
    ...refused("teamId", "apple"),
    ...refused("keyId", "apple"),
    ...refused("privateKey", "apple"),
    ...(trustsEmailsOf.includes("*") && trustsEmailsOf.length > 1
      ? [`${at}.trustsEmailsOf must be ["*"] alone, or a list without it`]
      : []),
  ];
};

const credentialOf = (provider: WrittenProvider, at: string, faults: string[]): ProviderCredential => {
  const { preset, teamId, keyId } = provider;
  const clientSecret = secretOf(provider.clientSecret, `${at}.clientSecret`, faults);
  if (preset === "apple") {
    const privateKey = secretOf(provider.privateKey, `${at}.privateKey`, faults);
    if (provider.clientSecret !== undefined)
      faults.push(
        `${at}.clientSecret is not for the preset apple, whose secrets are signed: teamId, keyId, privateKey`,
      );
    for (const [key, value] of Object.entries({ teamId, keyId, privateKey: provider.privateKey }))
      if (value === undefined) faults.push(`${at} lacks "${key}", which the preset apple needs`);
    if (privateKey !== undefined && !isP256Key(privateKey))
      faults.push(`${at}.privateKey is no private key on the curve P-256 in PEM`);
    return { kind: "signed", teamId: teamId ?? "", keyId: keyId ?? "", privateKey: privateKey ?? "" };
  }
  if (preset !== undefined && provider.clientSecret === undefined)
    faults.push(`${at} lacks "clientSecret", which the preset ${preset} needs`);
  return clientSecret === undefined ? { kind: "none" } : { kind: "secret", clientSecret };
};

/** A secret as it is written, or what stands in the file that is named in its place. */
const secretOf = (written: string | undefined, at: string, faults: string[]): string | undefined => {
  if (written === undefined || !written.startsWith("file:")) return written;
  const file = written.slice("file:".length);
  try {
    const secret = readFileSync(file, "utf8").trim();
    if (secret !== "") return secret;
    faults.push(`${at} names ${file}, which is empty`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    faults.push(`${at} names ${file}, which ${code === "ENOENT" ? "is not there" : `cannot be read (${code})`}`);
  }
  return undefined;
};

const isP256Key = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === "prime256v1";
  } catch {
    return false;
  }
};

const quote = (text: string): string => JSON.stringify(text);
