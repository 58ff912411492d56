import { createPrivateKey } from "node:crypto";
import type {
  ProviderConfiguration,
  ProviderCredential,
  ProviderPreset,
} from "#core/identities/provider-configuration.js";
import type { WrittenConfiguration } from "./config-schema.js";
import { isUrl } from "./is-url.js";
import { providerSchema } from "./providers-schema.js";
import { SettingsRefused } from "./settings-refused.js";
import { readSecret } from "./written-secret.js";

export type WrittenProvider = NonNullable<WrittenConfiguration["providers"]>[number];

/** Completes the providers of the configuration; what is wrong with one goes to `faults`, by its path, never with a secret. */
export const completeProviders = (
  written: readonly WrittenProvider[],
  faults: string[],
): readonly ProviderConfiguration[] => {
  const providers = written.map((provider, index) => completeProvider(provider, `providers[${String(index)}]`, faults));
  for (const [index, { name }] of providers.entries()) {
    const earlier = providers.findIndex((other) => other.name === name);
    if (earlier < index)
      faults.push(`providers[${String(earlier)}] and providers[${String(index)}] have the same name ${quote(name)}`);
  }
  return providers;
};

/** The provider that a file holds. Throws `SettingsRefused` with every fault, each by its path, never with a secret. */
export const readProvider = async (text: string, file: string): Promise<ProviderConfiguration> => {
  // The validator takes 150 ms to load, which a start without a file need not spend.
  const { checkWritten } = await import("./check-config.js");
  // The schema has just accepted it.
  const written = checkWritten(providerSchema, text, file) as WrittenProvider;
  const faults: string[] = [];
  const provider = completeProvider(written, file, faults);
  if (faults.length > 0) throw new SettingsRefused(faults);
  return provider;
};

/** Completes one provider, called `at` in its faults. */
const completeProvider = (written: WrittenProvider, at: string, faults: string[]): ProviderConfiguration => {
  const preset = presets[written.preset ?? "openid"];
  const issuer = written.issuer ?? preset.issuer(written.tenant);
  faults.push(...providerFaults(written, at));
  return {
    name: written.name,
    title: written.title ?? preset.title ?? written.name,
    preset: written.preset ?? "openid",
    issuer,
    clientId: written.clientId,
    credential: credentialOf(written, at, faults),
    scopes: written.scopes ?? preset.scopes,
    nativeClientIds: written.nativeClientIds ?? [],
    trustsEmailsOf: written.trustsEmailsOf ?? preset.trustsEmailsOf,
  };
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
  const clientSecret = readSecret(provider.clientSecret, `${at}.clientSecret`, faults);
  if (preset === "apple") {
    const privateKey = readSecret(provider.privateKey, `${at}.privateKey`, faults);
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

const isP256Key = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === "prime256v1";
  } catch {
    return false;
  }
};

const quote = (text: string): string => JSON.stringify(text);
