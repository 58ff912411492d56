import { type Configuration, readConfiguration } from "./config.js";
import { mailFaults } from "./mail-faults.js";
import type { Environment } from "./read-env.js";
import { type Settings, parseSettings } from "./settings.js";
import { SettingsRefused } from "./settings-refused.js";
import { smsFaults } from "./sms-faults.js";

/** All that an operator has set. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly configuration: Configuration;
}

/** Checks environment and configuration file together. Throws `SettingsRefused` with the faults of both. */
export const loadSettings = async (environment: Environment): Promise<LoadedSettings> => {
  const settings = attempt(() => parseSettings(environment));
  const source = settings.isRight
    ? { file: settings.value.configurationFile, publicUrl: settings.value.publicUrl }
    : { file: environment["TRILITHON_CONFIG"]?.trim() || undefined, publicUrl: "http://localhost" };
  const configuration = await readConfiguration(source).then(right, refused);
  if (settings.isRight && configuration.isRight) {
    const loaded = { settings: settings.value, configuration: configuration.value };
    const faults = [...mailFaults(loaded), ...smsFaults(loaded)];
    if (faults.length > 0) throw new SettingsRefused(faults);
    return loaded;
  }
  throw new SettingsRefused([
    ...(settings.isRight ? [] : settings.faults),
    ...(configuration.isRight ? [] : configuration.faults),
  ]);
};

type Attempt<T> =
  | { readonly isRight: true; readonly value: T }
  | { readonly isRight: false; readonly faults: readonly string[] };

const right = <T>(value: T): Attempt<T> => ({ isRight: true, value });

const refused = (error: unknown): Attempt<never> => {
  if (error instanceof SettingsRefused) return { isRight: false, faults: error.faults };
  throw error;
};

const attempt = <T>(work: () => T): Attempt<T> => {
  try {
    return right(work());
  } catch (error) {
    return refused(error);
  }
};
