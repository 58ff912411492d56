import { type Database, openDatabase, type RealmDatabase } from "#adapters/database/database.js";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import type { RealmId } from "#core/ids.js";
import { parseDatabaseUrl } from "#settings/database-url.js";
import type { EngineUnderTest } from "../engines/engines.js";

/** A migrated database of the test's own, with two realms that must not see each other. */
export interface OpenStores {
  readonly url: string;
  readonly database: Database;
  readonly realm: RealmDatabase;
  readonly otherRealm: RealmDatabase;
  close(): Promise<void>;
}

export const openStores = async (engine: EngineUnderTest): Promise<OpenStores> => {
  const fresh = await engine.freshDatabase();
  const database = await openByUrl(fresh.url);
  await database.migrate();
  return {
    url: fresh.url,
    database,
    realm: database.forRealm("default" as RealmId),
    otherRealm: database.forRealm("other" as RealmId),
    close: async () => {
      await database.close();
      await fresh.drop();
    },
  };
};

/** What every database of the stores' tests is opened with. */
export const storeSecrets = createSecrets([Buffer.alloc(32, 1)]);

/** Opens a database as the server does. */
export const openByUrl = async (url: string, secrets = storeSecrets): Promise<Database> => {
  const location = parseDatabaseUrl(url);
  if (typeof location === "string") throw new Error(`DATABASE_URL ${location}`);
  return openDatabase(location, { random: systemRandom, secrets });
};
