import { checkJson } from "./check-json.js";
import { configurationSchema, type WrittenConfiguration } from "./config-schema.js";

/** Reads the text of a configuration file. Throws `SettingsRefused` with every fault, each by its path in the file. */
export const checkConfiguration = (text: string, file: string): WrittenConfiguration =>
  // The schema has just accepted it.
  checkJson(text, file, configurationSchema) as WrittenConfiguration;
