import { type Database, openDatabase } from "#adapters/database/database.js";
import { systemClock } from "#adapters/system/clock.js";
import { fingerprint } from "#adapters/system/fingerprint.js";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets, type SystemSecrets } from "#adapters/system/secrets.js";
import { defaultRealm } from "#core/ids.js";
import type { Origin } from "#core/origin.js";
import type { MountPolicy } from "#core/policy.js";
import type { Clock, Fingerprint, Random, Secrets, Stores, Transaction } from "#core/ports.js";
import { readConfiguration } from "#settings/config.js";
import { parseSettings } from "#settings/settings.js";
import { builtEnvironment } from "./start-server.js";

/** Another node on the servers' database, below HTTP and password hashing, in the test's own process: what use cases need. */
export interface Node {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
  close(): Promise<void>;
}

export const testOrigin: Origin = { mount: "cli", requestId: "test", address: "", userAgent: "" };

/** What the servers of this test file key with. */
export function testSecrets(): SystemSecrets {
  const { secretKeys } = parseSettings(builtEnvironment({}));
  if (secretKeys === undefined) {
    throw new Error("no secret is configured");
  }
  return createSecrets(secretKeys);
}

/** Opens a node that shares the secret of the servers of this test file, with the policy of one of their mounts. Migrates nothing. */
export async function openNode(databaseUrl: string, mountName = "jwt"): Promise<Node> {
  const settings = parseSettings(builtEnvironment({ DATABASE_URL: databaseUrl }));
  const { mounts } = await readConfiguration({ file: undefined, publicUrl: settings.publicUrl });
  const mount = mounts.find(({ name }) => name === mountName);
  if (mount === undefined) {
    throw new Error("no mount is configured");
  }
  const secrets = testSecrets();
  const database = await openDatabase(settings.database, { random: systemRandom, secrets });
  return {
    database,
    clock: systemClock,
    random: systemRandom,
    secrets,
    fingerprint,
    ...database.forRealm(defaultRealm),
    policy: mount.policy,
    close: () => database.close(),
  };
}
