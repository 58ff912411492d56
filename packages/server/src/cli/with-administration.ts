import { statSync } from "node:fs";
import { loadSettings } from "#settings/load-settings.js";
import type { LoadedSettings } from "#settings/load-settings.js";
import type { Settings } from "#settings/settings.js";
import { type Administration, compose } from "#src/compose.js";
import { type Call, CommandRefused } from "./command.js";
import { openCommandLog } from "./log.js";
import { schemaFault } from "./schema-fault.js";

/** Runs `work` on the stores as they are: refuses a database that is not there or of another schema, and closes it in any case. */
export const withAdministration = async <T>(
  call: Call,
  work: (administration: Administration) => Promise<T>,
): Promise<T> => {
  const loaded = await loadSettings(call.environment);
  refuseMissingFile(loaded.settings);
  return withStores(loaded, async (administration) => {
    await refuseOtherSchema(administration);
    return work(administration);
  });
};

/** Runs `work` on stores of whatever schema, making an embedded database that is not there. */
export const withStores = async <T>(
  loaded: LoadedSettings,
  work: (administration: Administration) => Promise<T>,
): Promise<T> => {
  const administration = await compose(loaded, openCommandLog(loaded.settings.logLevel));
  try {
    return await work(administration);
  } finally {
    await administration.close();
  }
};

/** Whether the embedded database has been made; always so for a database that is a server. */
export const isDatabaseThere = ({ database }: Settings): boolean =>
  database.engine !== "sqlite" || (statSync(database.path, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** The sentence for an embedded database that has not been made. */
export const missingDatabase = ({ database }: Settings): string =>
  `there is no database at ${database.engine === "sqlite" ? database.path : "DATABASE_URL"}: ` +
  "`trilithon serve` and `trilithon migrate` make it. Is DATA_DIR or DATABASE_URL the server's?";

const refuseMissingFile = (settings: Settings): void => {
  if (!isDatabaseThere(settings)) throw new CommandRefused(missingDatabase(settings));
};

const refuseOtherSchema = async ({ database }: Administration): Promise<void> => {
  const fault = schemaFault(await database.schemaState());
  if (fault !== undefined) throw new CommandRefused(fault);
};
