import { loadSettings } from "#settings/load-settings.js";
import type { Command } from "./command.js";
import { count } from "./layout.js";
import { withStores } from "./with-administration.js";

/** Brings the schema up to date; safe beside running servers, and again after it was killed. */
export const migrate: Command = {
  name: "migrate",
  summary: "Bring the database's schema up to date, making an embedded database that is not there",
  takes: [],
  options: [],
  run: async (call) =>
    withStores(await loadSettings(call.environment), async ({ database }) => {
      const { pending } = await database.schemaState();
      if (pending.length > 0) call.terminal.aside(`Running ${count(pending.length, "step")}: ${pending.join(", ")}`);
      const startedAt = performance.now();
      const done = await database.migrate();
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      return {
        lines: [
          done.length === 0
            ? "The schema is up to date: nothing to do."
            : `The schema is up to date: ran ${count(done.length, "step")} (${done.join(", ")}) in ${seconds} s.`,
        ],
        json: { applied: done },
      };
    }),
};
