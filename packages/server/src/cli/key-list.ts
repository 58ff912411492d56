import type { Command } from "./command.js";
import { companyTerm, chooseRealms } from "./find-realm.js";
import { keyJson, keyStateAt } from "./key-json.js";
import { inColumns, time, timeOrNothing } from "./layout.js";
import { withAdministration } from "./with-administration.js";

export const keyList: Command = {
  name: "key list",
  summary: "List API keys, newest first",
  takes: [{ ...companyTerm, form: "[company]" }],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const now = administration.clock.now();
      const realms = await chooseRealms(administration, call.given[0]);
      const keys = (
        await Promise.all(
          realms.map(async ({ id: company, stores }) =>
            (await stores.apiKeys.list()).map((apiKey) => ({ company, apiKey })),
          ),
        )
      ).flat();
      return {
        lines:
          keys.length === 0
            ? ["There is no API key: `trilithon key create <company> --name <name>` makes one."]
            : inColumns(
                ["key", "company", "name", "state", "scopes", "made", "good until"],
                keys.map(({ company, apiKey }) => [
                  apiKey.id,
                  company,
                  apiKey.isDevelopment ? `${apiKey.name} (development)` : apiKey.name,
                  keyStateAt(apiKey, now),
                  apiKey.policy.scopes.join(" "),
                  time(apiKey.createdAt),
                  timeOrNothing(apiKey.expiresAt),
                ]),
              ),
        json: { keys: keys.map(({ company, apiKey }) => keyJson(company, apiKey, now)) },
      };
    }),
};
