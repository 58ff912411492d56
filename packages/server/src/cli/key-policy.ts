import { changeApiKey } from "#core/api-keys/change-api-key.js";
import { loadSettings } from "#settings/load-settings.js";
import { writeKeyPolicy } from "#settings/key-policy.js";
import { literalPolicy, weakerPolicy } from "#settings/weaker-policy.js";
import type { Command } from "./command.js";
import { getKey, keyTerm } from "./find-key.js";
import { operatorOrigin } from "./operator.js";
import { readPolicy } from "./read-policy.js";
import { withAdministration } from "./with-administration.js";

/** Without a file: the policy in force, as a file to begin with. */
export const keyPolicy: Command = {
  name: "key policy",
  summary: "Print an API key's policy, or put a file's in its place",
  takes: [keyTerm, { form: "[file]", sentence: "a JSON file as docs/operate/key-policy.schema.json says" }],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const [key = "", file] = call.given;
      const { apiKey, realm } = await getKey(administration, key);
      if (file === undefined) {
        const policy = writeKeyPolicy(apiKey.policy);
        return { lines: JSON.stringify(policy, undefined, 2).split("\n"), json: policy };
      }
      const policy = await readPolicy(administration.configuration, file);
      const origin = operatorOrigin(administration);
      const needs = { ...administration, transaction: realm.transaction };
      await changeApiKey(needs, { id: apiKey.id, change: { kind: "policy", policy }, origin });
      return {
        lines: [
          `The policy of ${file} is in force for ${apiKey.id}.`,
          ...weakerPolicy(policy).map((note) => `- ${note}`),
        ],
        json: { keyId: apiKey.id, company: realm.id, policy: writeKeyPolicy(policy) },
      };
    }),
};

/** Nothing is changed, and no database is needed. */
export const keyTest: Command = {
  name: "key test",
  summary: "Try a policy without effect: print what would be in force, or what is wrong with it",
  takes: [{ form: "<file>", sentence: "a JSON file as docs/operate/key-policy.schema.json says" }],
  options: [],
  run: async (call) => {
    const { configuration } = await loadSettings(call.environment);
    const policy = await readPolicy(configuration, call.given[0]);
    const notes = [...weakerPolicy(policy), ...literalPolicy({ policy, isDevelopment: false })];
    return {
      lines: [
        ...JSON.stringify(writeKeyPolicy(policy), undefined, 2).split("\n"),
        "",
        ...(notes.length === 0 ? ["Nothing in it is weaker than the default."] : notes.map((note) => `- ${note}`)),
      ],
      json: { policy: writeKeyPolicy(policy), notes },
    };
  },
};
