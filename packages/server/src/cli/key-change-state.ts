import { changeApiKey } from "#core/api-keys/change-api-key.js";
import type { Command } from "./command.js";
import { getKey, keyTerm } from "./find-key.js";
import { keyJson } from "./key-json.js";
import { operatorOrigin } from "./operator.js";
import { withAdministration } from "./with-administration.js";

const words = [
  {
    kind: "disable",
    summary: "Refuse an API key from now on, on every node",
    done: "is disabled: every request that carries it is refused",
    already: "was disabled already",
  },
  {
    kind: "enable",
    summary: "Make a disabled API key good again",
    done: "is good again",
    already: "was not disabled",
  },
] as const;

/** The commands that take a key out of use and back. */
export const keyStateCommands: readonly Command[] = words.map(({ kind, summary, done, already }) => ({
  name: `key ${kind}`,
  summary,
  takes: [keyTerm],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const { apiKey, realm } = await getKey(administration, call.given[0] ?? "");
      const { id } = apiKey;
      const needs = { ...administration, transaction: realm.transaction };
      const isChanged = await changeApiKey(needs, { id, change: { kind }, origin: operatorOrigin(administration) });
      const changed = (await realm.stores.apiKeys.find(id)) ?? apiKey;
      return {
        lines: [`API key ${id} (${apiKey.name}) ${isChanged ? done : already}.`],
        json: { ...keyJson(realm.id, changed, administration.clock.now()), isChanged },
      };
    }),
}));
