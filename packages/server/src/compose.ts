import { availableParallelism, hostname } from "node:os";
import { breachedPasswordsFile, createCommonPasswords } from "#adapters/passwords/common-passwords.js";
import { importBreachedPasswords } from "#adapters/passwords/import-breached-passwords.js";
import { describeHash } from "#adapters/passwords/legacy-hashes.js";
import { createPasswordHasher } from "#adapters/passwords/password-hasher.js";
import { type Database, openDatabase } from "#adapters/database/database.js";
import { systemClock } from "#adapters/system/clock.js";
import { createFailureRecorder } from "#adapters/system/failure-recorder.js";
import { fingerprint } from "#adapters/system/fingerprint.js";
import { createJobRunner } from "#adapters/system/job-runner.js";
import { createLog, createSystemLog, type Log } from "#adapters/system/log.js";
import { systemRandom } from "#adapters/system/random.js";
import { scrub } from "#adapters/system/scrub.js";
import { createSecrets, type SystemSecrets } from "#adapters/system/secrets.js";
import { createKeyRing } from "#adapters/tokens/key-ring.js";
import { keyPairs } from "#adapters/tokens/key-pairs.js";
import { publicKeySet } from "#adapters/tokens/jwks.js";
import { createTokens } from "#adapters/tokens/tokens.js";
import { contracts } from "#contracts/all.js";
import type { ContractNeeds } from "#contracts/contract.js";
import { hosted } from "#contracts/hosted/hosted.js";
import { defaultRealm, newRequestId } from "#core/ids.js";
import { housekeepingJobs, type Job, jobOrigin } from "#core/jobs/housekeeping.js";
import type { MountPolicy, PasswordPolicy } from "#core/policy.js";
import type {
  Clock,
  CommonPasswords,
  Fingerprint,
  KeyPairs,
  PasswordHasher,
  Random,
  Stores,
  Transaction,
} from "#core/ports.js";
import { ensureSigningKey, resealSigningKeys, rotateDueSigningKeys } from "#core/signing-keys/rotate-signing-keys.js";
import type { SigningAlgorithm } from "#core/signing-keys/signing-key.js";
import type { Failure } from "#http/failure.js";
import { healthEndpoints } from "#http/health.js";
import type { Mount } from "#http/mount.js";
import { createServer } from "#http/server.js";
import type { Configuration, MountConfiguration } from "#settings/config.js";
import type { LoadedSettings } from "#settings/load-settings.js";
import { loadSecretKeys } from "#settings/secret-file.js";
import type { Settings } from "#settings/settings.js";

/** What administrative commands and background jobs use: the realm's stores and every maker of values. */
export interface Administration {
  readonly settings: Settings;
  readonly configuration: Configuration;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: SystemSecrets;
  readonly fingerprint: Fingerprint;
  readonly keyPairs: KeyPairs;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly stores: Stores;
  readonly transaction: Transaction;
  /** What the start should tell an operator about where secrets are kept. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/** A server that can be started and stopped. */
export interface RunningServer {
  /** Where it listens. */
  readonly url: string;
  /** Readiness first, then requests in flight and jobs, then records and stores. */
  stop(): Promise<void>;
}

/** Builds the adapters and opens the stores, without changing anything in them. Throws when a store cannot be reached. */
export const compose = async ({ settings, configuration }: LoadedSettings, log: Log): Promise<Administration> => {
  const { keys, warnings } = loadSecretKeys(settings);
  const secrets = createSecrets(keys);
  const database = await openDatabase(settings.database, { random: systemRandom });
  log.debug("database opened", { engine: database.engineName });
  const commonPasswords = await createCommonPasswords({ dataDirectory: settings.dataDirectory });
  const passwords = createPasswordHasher({ peppers: secrets.peppers(), permits: availableParallelism() });
  const { stores, transaction } = database.forRealm(defaultRealm);
  return {
    settings,
    configuration,
    database,
    clock: systemClock,
    random: systemRandom,
    secrets,
    fingerprint,
    keyPairs,
    passwords,
    commonPasswords,
    stores,
    transaction,
    warnings,
    close: async () => {
      await passwords.close();
      await database.close();
    },
  };
};

/** Brings the schema up to date, makes sure that keys sign, and listens. */
export const startServer = async (administration: Administration, log: Log): Promise<RunningServer> => {
  const { settings, configuration, database, clock } = administration;
  await database.checkDurability();
  await database.migrate();
  for (const algorithm of algorithmsOf(configuration)) await ensureSigningKey(administration, algorithm);
  const node = hostname();
  const recorder = createFailureRecorder(database.forRealm(defaultRealm).failures, {
    onDropped: (done, error) => log.warn("failure records lost", { done, error }),
  });
  const ring = createKeyRing({ ...administration, store: administration.stores.signingKeys });
  const needsOf = (policy: MountPolicy): ContractNeeds => ({
    ...administration,
    policy,
    tokens: createTokens({ ring, clock, policy: policy.tokens }),
    publishedKeys: () => publicKeySet(ring),
    windows: database.forRealm(defaultRealm).windows,
  });
  let isServing = true;
  const readiness = {
    isServing: () => isServing,
    checkStores: async () => ({ [database.engineName]: await database.check() }),
  };
  const pages = hosted.mount({ prefix: "", host: undefined, corsOrigins: [] }, needsOf(hostedPolicy(configuration)));
  const server = await createServer({
    mounts: configuration.mounts.map((mount) => mountOf(mount, needsOf(mount.policy))),
    fallback: { ...pages, endpoints: [...healthEndpoints(readiness), ...pages.endpoints] },
    trustedProxies: settings.trustedProxies,
    newRequestId: () => newRequestId(administration.random),
    onFailure: (failure) => {
      logFailure(log, failure);
      recorder.record(recordOf(failure, clock.now(), configuration.retention.failureRecordsIn, node));
    },
    onRequest: ({ requestId, mount, method, route, status, tookIn }) =>
      log.debug("request", { requestId, mount, method, route, status, ms: tookIn }),
  });
  const jobs = createJobRunner(jobsOf(administration), {
    clock,
    jobs: database.jobs,
    owner: `${node} ${process.pid}`,
    onFinished: (job, done) => log.info("job done", { job, done }),
    onFailed: (job, error) => log.error("job failed", { job, error }),
  });
  const url = await server.listen({ host: settings.host, port: settings.port });
  jobs.start();
  return {
    url,
    stop: async () => {
      isServing = false;
      await drain(administration);
      const jobsEnded = jobs.stop();
      await server.close();
      // Before the last job has ended: a job that hangs must cost no records.
      await recorder.flush();
      await jobsEnded;
      await administration.close();
    },
  };
};

const mountOf = ({ contract, prefix, host, corsOrigins }: MountConfiguration, needs: ContractNeeds): Mount => {
  const found = contracts.find(({ name }) => name === contract);
  if (found === undefined) throw new Error(`no contract is called ${contract}`);
  return found.mount({ prefix, host, corsOrigins }, needs);
};

/** The hosted pages serve every mount of the realm, so a password set there has to suit the strictest. */
const hostedPolicy = ({ mounts }: Configuration): MountPolicy => {
  const [first] = mounts;
  if (first === undefined) throw new Error("no mount is configured");
  return {
    ...first.policy,
    mount: "hosted",
    passwords: mounts.map(({ policy }) => policy.passwords).reduce(stricter),
    addressLimits: { "reset-password": { limit: 10, windowIn: 60_000 } },
  };
};

const stricter = (one: PasswordPolicy, other: PasswordPolicy): PasswordPolicy => ({
  minimumLength: Math.max(one.minimumLength, other.minimumLength),
  maximumLength: Math.min(one.maximumLength, other.maximumLength),
  needsAllClasses: one.needsAllClasses || other.needsAllClasses,
  refusesCommon: one.refusesCommon || other.refusesCommon,
  refusesNumeric: one.refusesNumeric || other.refusesNumeric,
  refusesSimilar: one.refusesSimilar || other.refusesSimilar,
});

/** The algorithms that some mount signs with. */
export const algorithmsOf = ({ mounts }: Configuration): readonly SigningAlgorithm[] => [
  ...new Set(mounts.map(({ policy }) => policy.tokens.algorithm)),
];

/** The longest that any token of the realm lives, in milliseconds: so long a retired key verifies. */
export const longestTokenIn = ({ mounts }: Configuration): number =>
  Math.max(...mounts.map(({ policy }) => Math.max(policy.tokens.accessIn, policy.tokens.refreshIn)));

const jobsOf = (administration: Administration): readonly Job[] => {
  const { configuration, database } = administration;
  const { retention, signing } = configuration;
  const hour = 3_600_000;
  const rotations = algorithmsOf(configuration).map((algorithm) => ({
    name: `rotate-${algorithm.toLowerCase()}`,
    everyIn: hour,
    run: () =>
      rotateDueSigningKeys(administration, {
        algorithm,
        everyIn: signing.rotateEveryIn,
        longestTokenIn: longestTokenIn(configuration),
        origin: jobOrigin,
      }),
  }));
  const { failures, windows } = database.forRealm(defaultRealm);
  return [
    ...housekeepingJobs({
      ...administration,
      failures,
      windows,
      retention: {
        deletedAccountsIn: retention.deletedAccountsIn,
        endedSessionsIn: retention.sessionsIn,
        countersIn: Math.max(...configuration.mounts.map(({ policy }) => policy.signIn.deviceKnownIn)),
      },
    }),
    ...rotations,
    { name: "reseal-signing-keys", everyIn: hour, run: () => resealSigningKeys(administration) },
  ];
};

const recordOf = (failure: Failure, at: number, keptIn: number, node: string) => ({
  requestId: failure.requestId,
  at,
  expiresAt: at + keptIn,
  mount: failure.mount,
  method: failure.method,
  route: failure.route,
  status: failure.status,
  told: failure.told,
  reason: failure.reason,
  details: scrub(JSON.stringify(failure.details)),
  accountId: failure.accountId,
  address: failure.address,
  node,
});

const logFailure = (log: Log, { requestId, mount, method, route, status, reason, fault, accountId }: Failure): void => {
  const fields = { requestId, mount, method, route, status, reason, ...(accountId === undefined ? {} : { accountId }) };
  if (status >= 500) log.error("request failed", { ...fields, ...(fault === undefined ? {} : { error: fault }) });
  else log.info("request refused", fields);
};

/** Balancers that ask `/readyz` get a moment to look away before connections are refused. */
const drain = ({ settings }: Administration): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, settings.isProduction ? 2000 : 0));

/** What commands use of the adapters, beside the stores. */
export const commandTools = {
  createLog,
  createSystemLog,
  scrub,
  describeHash,
  importBreachedPasswords,
  breachedPasswordsFile,
} as const;
