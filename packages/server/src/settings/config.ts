import type { CaptchaConfiguration } from "#core/captcha/captcha-configuration.js";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { readFile } from "node:fs/promises";
import { completeCaptchas } from "./captchas.js";
import { contractNames } from "./contract-defaults.js";
import type { WrittenConfiguration } from "./config-schema.js";
import { parseDuration } from "./duration.js";
import { completeMounts, type MountConfiguration } from "./mount-config.js";
import { completeProviders } from "./providers.js";
import { completeSms, type SmsConfiguration } from "./sms.js";
import { SettingsRefused } from "./settings-refused.js";

/** `trilithon.config.json` with every default filled in. */
export interface Configuration {
  /** The file it was read from; `undefined`: there is none, everything is a default. */
  readonly file: string | undefined;
  readonly mounts: readonly MountConfiguration[];
  /** In the order in which they are offered; some may be offered on no mount. */
  readonly providers: readonly ProviderConfiguration[];
  /** Of others; `altcha` is always there beside them. */
  readonly captchas: readonly CaptchaConfiguration[];
  readonly sms: SmsConfiguration;
  readonly retention: Retention;
  readonly signing: SigningConfiguration;
}

/** How long things are kept after their end; milliseconds. */
export interface Retention {
  readonly deletedAccountsIn: number;
  readonly failureRecordsIn: number;
  readonly sessionsIn: number;
  /** After a guest's last visit. */
  readonly idleGuestsIn: number;
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
  if (text === undefined) return defaultConfiguration(source.publicUrl);
  // The validator takes 150 ms to load, which a start without a file need not spend.
  const { checkConfiguration } = await import("./check-config.js");
  return complete(checkConfiguration(text, file), file, source.publicUrl);
};

/** What is in force without a file: every contract, at its own prefix. */
export const defaultConfiguration = (publicUrl: string): Configuration => complete({}, undefined, publicUrl);

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
  const faults: string[] = [];
  const providers = completeProviders(written.providers ?? [], faults);
  const sms = completeSms(written.sms, faults);
  const mounts = completeMounts(
    written.mounts ?? contractNames.map((contract) => ({ contract })),
    { publicUrl, providers, smsSending: sms.limits },
    faults,
  );
  const captchas = completeCaptchas(written.captchas ?? [], faults);
  const retention = completeRetention(written.retention, mounts, faults);
  if (faults.length > 0) throw new SettingsRefused(faults.map((fault) => `${file ?? "configuration"}: ${fault}`));
  return {
    file,
    mounts,
    providers,
    captchas,
    sms,
    retention,
    signing: { rotateEveryIn: parseDuration(written.signing?.rotateEvery ?? "90d") },
  };
};

const completeRetention = (
  written: WrittenConfiguration["retention"],
  mounts: readonly MountConfiguration[],
  faults: string[],
): Retention => {
  const sessions = mounts.filter(({ contract }) => contract === "account").map(({ policy }) => policy.sessions);
  const longest = Math.max(0, ...sessions.map(({ absoluteIn }) => absoluteIn));
  const idleGuestsIn = parseDuration(written?.idleGuests ?? "90d");
  // A guest who is erased loses a key that is still good.
  if (written?.idleGuests !== undefined && idleGuestsIn < longest)
    faults.push("retention.idleGuests must not be shorter than sessionAbsolute of any account mount");
  return {
    deletedAccountsIn: parseDuration(written?.deletedAccounts ?? "30d"),
    failureRecordsIn: parseDuration(written?.failureRecords ?? "30d"),
    sessionsIn: parseDuration(written?.sessions ?? "30d"),
    idleGuestsIn: Math.max(idleGuestsIn, longest),
  };
};
