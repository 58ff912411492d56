import type { ApiKey } from "#core/api-keys/api-key.js";
import type { ApiKeyId } from "#core/ids.js";
import type { Administration } from "#src/compose.js";
import { CommandRefused, type Term } from "./command.js";
import { chooseRealms } from "./find-realm.js";

/** What every command about one API key takes. */
export const keyTerm: Term = { form: "<key>", sentence: "an API key's id, as `key list` shows it; not the key itself" };

export interface FoundKey {
  readonly apiKey: ApiKey;
  readonly realm: Awaited<ReturnType<typeof chooseRealms>>[number];
}

/** The key with an id, of whichever realm; refused when there is none. */
export const getKey = async (administration: Administration, id: string): Promise<FoundKey> => {
  for (const realm of await chooseRealms(administration, undefined)) {
    // Whatever it is, it is only looked up.
    const apiKey = await realm.stores.apiKeys.find(id as ApiKeyId);
    if (apiKey !== undefined) return { apiKey, realm };
  }
  throw new CommandRefused(`no API key has the id ${shown(id)}: \`trilithon key list\` names them`);
};

/** Somebody may have given the key itself, which is for no log and no screen. */
const shown = (id: string): string => (/^api_[\w-]{22}$/.test(id) ? id : "that was given");
