import { defaultKeyPolicy, type KeyPolicy } from "#core/api-keys/key-policy.js";
import type { Configuration } from "#settings/config.js";
import { contractDefaults } from "#settings/contract-defaults.js";
import { readKeyPolicy } from "#settings/key-policy.js";
import { readTextFile } from "./read-text-file.js";

/** The policy that a file holds, or the default one. Throws `SettingsRefused` with every fault, each by its path. */
export const readPolicy = async (
  { captchas }: Pick<Configuration, "captchas">,
  file: string | undefined,
): Promise<KeyPolicy> => {
  if (file === undefined) return defaultKeyPolicy;
  return readKeyPolicy(await readTextFile(file), file, {
    captchas: ["altcha", ...captchas.map(({ name }) => name)],
    endpoints: Object.keys(contractDefaults.platform.addressLimits),
  });
};
