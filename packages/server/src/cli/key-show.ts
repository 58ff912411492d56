import { writeKeyPolicy } from "#settings/key-policy.js";
import { literalPolicy, weakerPolicy } from "#settings/weaker-policy.js";
import type { Command } from "./command.js";
import { getKey, keyTerm } from "./find-key.js";
import { keyJson, keyStateAt, secretJson } from "./key-json.js";
import { asFields, inColumns, time, timeOrNothing } from "./layout.js";
import { withAdministration } from "./with-administration.js";

/** All that is known about one key, but the key and its secrets. */
export const keyShow: Command = {
  name: "key show",
  summary: "Show an API key, its secrets' ids and its policy",
  takes: [keyTerm],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const { apiKey, realm } = await getKey(administration, call.given[0] ?? "");
      const now = administration.clock.now();
      const secrets = await realm.stores.apiKeys.secretsOf(apiKey.id, now);
      const notes = [...weakerPolicy(apiKey.policy), ...literalPolicy(apiKey)];
      return {
        lines: [
          ...asFields([
            ["key", apiKey.id],
            ["company", realm.id],
            ["name", apiKey.name],
            ["state", keyStateAt(apiKey, now)],
            ["development", apiKey.isDevelopment ? "yes" : undefined],
            ["made", time(apiKey.createdAt)],
            ["good until", timeOrNothing(apiKey.expiresAt)],
            ["disabled", timeOrNothing(apiKey.disabledAt)],
          ]),
          "",
          ...inColumns(
            ["secret", "made", "good until"],
            secrets.map(({ id, createdAt, expiresAt }) => [id, time(createdAt), timeOrNothing(expiresAt)]),
          ),
          "",
          ...JSON.stringify(writeKeyPolicy(apiKey.policy), undefined, 2).split("\n"),
          ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `- ${note}`)]),
        ],
        json: { ...keyJson(realm.id, apiKey, now), secrets: secrets.map(secretJson), notes },
      };
    }),
};
