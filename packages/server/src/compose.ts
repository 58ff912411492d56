import { availableParallelism, hostname } from "node:os";
import { breachedPasswordsFile, createCommonPasswords } from "#adapters/passwords/common-passwords.js";
import { importBreachedPasswords } from "#adapters/passwords/import-breached-passwords.js";
import { describeHash } from "#adapters/passwords/legacy-hashes.js";
import { createPasswordHasher } from "#adapters/passwords/password-hasher.js";
import { createCaptchas } from "#adapters/captcha/captchas.js";
import { type Database, openDatabase } from "#adapters/database/database.js";
import { createIdentityProviders } from "#adapters/identity-providers/identity-providers.js";
import { createRealmIdentityProviders } from "#adapters/identity-providers/realm-identity-providers.js";
import { createPhoneNumbers } from "#adapters/phone/libphonenumber.js";
import type { EphemeralRedis } from "#adapters/redis/redis.js";
import { addressRanges } from "#adapters/system/address-ranges.js";
import { systemClock } from "#adapters/system/clock.js";
import { createFailureRecorder } from "#adapters/system/failure-recorder.js";
import { fingerprint } from "#adapters/system/fingerprint.js";
import { createJobRunner } from "#adapters/system/job-runner.js";
import { createLog, createSystemLog, type Log } from "#adapters/system/log.js";
import { systemRandom } from "#adapters/system/random.js";
import { requestSignatures } from "#adapters/system/request-signatures.js";
import { scrub } from "#adapters/system/scrub.js";
import { createRealms } from "#adapters/system/realms.js";
import { createSecrets, type SystemSecrets } from "#adapters/system/secrets.js";
import type { HttpCourier } from "#adapters/sms/http-courier.js";
import { createSmsWriter } from "#adapters/sms/sms-texts.js";
import { createLetterWriter } from "#adapters/mail/letters.js";
import type { SmtpCourier } from "#adapters/mail/smtp-courier.js";
import { createOutboxWorker, type OutboxWorker } from "#adapters/system/outbox-worker.js";
import { createKeyRing } from "#adapters/tokens/key-ring.js";
import { keyPairs } from "#adapters/tokens/key-pairs.js";
import { publicKeySet } from "#adapters/tokens/jwks.js";
import { createTokens } from "#adapters/tokens/tokens.js";
import { contracts } from "#contracts/all.js";
import type { ContractNeeds } from "#contracts/contract.js";
import { devInboxEndpoints } from "#contracts/hosted/dev-inbox.js";
import { hosted } from "#contracts/hosted/hosted.js";
import { enabledProviders } from "#core/identities/enabled-providers.js";
import { defaultRealm, newRequestId, type RealmId } from "#core/ids.js";
import { housekeepingJobs, type Job } from "#core/jobs/housekeeping.js";
import { signingKeyJobs } from "#core/jobs/signing-key-jobs.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import type { DeliveredMessage } from "#core/outbox/deliver-messages.js";
import type { LetterWriter, SmsWriter } from "#core/outbox/letter-writer.js";
import type { Channel } from "#core/outbox/message.js";
import type { MountPolicy } from "#core/policy.js";
import type { PhoneNumbers } from "#core/identities/phone-numbers.js";
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
import { ensureSigningKey } from "#core/signing-keys/rotate-signing-keys.js";
import type { Failure } from "#http/failure.js";
import { healthEndpoints } from "#http/health.js";
import type { Mount } from "#http/mount.js";
import { routeCollisions } from "#http/route-collisions.js";
import { createServer } from "#http/server.js";
import { companyFaults } from "#settings/company-faults.js";
import type { Configuration } from "#settings/config.js";
import { hostedPolicy } from "#settings/hosted-policy.js";
import type { LoadedSettings } from "#settings/load-settings.js";
import type { MountConfiguration } from "#settings/mount-config.js";
import { loadSecretKeys } from "#settings/secret-file.js";
import type { Settings } from "#settings/settings.js";
import { SettingsRefused } from "#settings/settings-refused.js";
import { gatewaysInForce } from "#settings/sms.js";
import { algorithmsOf, longestTokenIn } from "#settings/signing-configuration.js";

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
  readonly letters: LetterWriter;
  /** In SMS. */
  readonly texts: SmsWriter;
  /** `undefined` without `SMTP_URL`: messages wait. */
  readonly courier: SmtpCourier | undefined;
  /** `undefined` without a gateway: messages wait. */
  readonly smsCourier: HttpCourier | undefined;
  readonly phoneNumbers: PhoneNumbers;
  /** Not connected yet; `undefined` without `REDIS_URL`. */
  readonly redis: EphemeralRedis | undefined;
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
  const database = await openDatabase(settings.database, { random: systemRandom, secrets });
  log.debug("database opened", { engine: database.engineName });
  const commonPasswords = await createCommonPasswords({ dataDirectory: settings.dataDirectory });
  const passwords = createPasswordHasher({ peppers: secrets.peppers(), permits: availableParallelism() });
  const service = settings.mailFrom?.name || new URL(settings.publicUrl).hostname;
  const letters = createLetterWriter(service);
  const texts = createSmsWriter(service);
  const courier = await openCourier(settings, letters);
  const smsCourier = await openSmsCourier({ settings, configuration }, texts);
  const redis = await createRedis(settings);
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
    letters,
    texts,
    courier,
    smsCourier,
    phoneNumbers: createPhoneNumbers({
      countries: configuration.sms.countries,
      // Nobody is promised a code that cannot be sent; in development it waits in the inbox.
      getSms: smsCourier !== undefined || !settings.isProduction,
    }),
    redis,
    stores,
    transaction,
    warnings,
    close: async () => {
      courier?.close();
      smsCourier?.close();
      redis?.close();
      await passwords.close();
      await database.close();
    },
  };
};

const openCourier = async ({ smtp, mailFrom }: Settings, letters: LetterWriter): Promise<SmtpCourier | undefined> => {
  if (smtp === undefined || mailFrom === undefined) return undefined;
  // Not loaded by a server that sends nothing.
  const { createSmtpCourier } = await import("#adapters/mail/smtp-courier.js");
  return createSmtpCourier({ clock: systemClock, letters, from: mailFrom, server: smtp });
};

const openSmsCourier = async (
  { settings, configuration }: LoadedSettings,
  texts: SmsWriter,
): Promise<HttpCourier | undefined> => {
  const gateways = gatewaysInForce(settings.smsUrl, configuration.sms);
  if (gateways.length === 0) return undefined;
  const { createHttpCourier } = await import("#adapters/sms/http-courier.js");
  return createHttpCourier({ clock: systemClock, texts, gateways, isProduction: settings.isProduction });
};

const createRedis = async ({ redis }: Settings): Promise<EphemeralRedis | undefined> => {
  if (redis === undefined) return undefined;
  // Not loaded where the database counts.
  const { createEphemeralRedis } = await import("#adapters/redis/redis.js");
  return createEphemeralRedis(redis, systemClock);
};

/** Brings the schema up to date, makes sure that keys sign, and listens. Throws `SettingsRefused`, before anything is changed, when mounts collide. */
export const startServer = async (administration: Administration, log: Log): Promise<RunningServer> => {
  const { settings, configuration, database, redis, clock } = administration;
  let isServing = true;
  const { mounts, own } = mountsOf(administration, () => isServing);
  const collisions = routeCollisions(mounts, own);
  if (collisions.length > 0) throw new SettingsRefused(collisions);
  await database.checkDurability();
  await database.migrate();
  for (const algorithm of algorithmsOf(configuration)) await ensureSigningKey(administration, algorithm);
  await warnOfHiddenCompanies(administration, log);
  await redis?.connect({
    onDown: (reason) => log.warn("redis is down, the database counts requests instead", { reason }),
    onUp: () => log.info("redis counts requests again"),
  });
  const node = hostname();
  const recorder = createFailureRecorder(database.forRealm(defaultRealm).failures, {
    onDropped: (done, error) => log.warn("failure records lost", { done, error }),
  });
  const server = await createServer({
    mounts,
    fallback: own,
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
  const outboxes = outboxWorkersOf(administration, log);
  const url = await server.listen({ host: settings.host, port: settings.port });
  jobs.start();
  for (const outbox of outboxes) outbox.start();
  return {
    url,
    stop: async () => {
      isServing = false;
      const outboxesStopped = Promise.all(outboxes.map((outbox) => outbox.stop()));
      await drain(administration);
      const jobsEnded = jobs.stop();
      await server.close();
      await outboxesStopped;
      // Before the last job has ended: a job that hangs must cost no records.
      await recorder.flush();
      await jobsEnded;
      await administration.close();
    },
  };
};

/** A realm that was there before a mount was put in its way answers nobody, and no refusal would say why. */
const warnOfHiddenCompanies = async ({ configuration, database }: Administration, log: Log): Promise<void> => {
  for (const { id } of await database.realms.list())
    for (const fault of companyFaults(configuration, id))
      log.warn("a company cannot be reached", { reason: `${id}: ${fault}` });
};

/** One for each channel that has a way out, over all realms: neither waits for the other. */
const outboxWorkersOf = (administration: Administration, log: Log): readonly OutboxWorker[] => {
  const { clock, random, courier, smsCourier, settings, configuration, database } = administration;
  const needs = {
    clock,
    random,
    outbox: database.outbox,
    // A container that starts anew may have the name and number of the one before.
    owner: `${hostname().slice(0, 64)} ${process.pid} ${random.token(128)}`,
    onDelivered: (message: DeliveredMessage) => logDelivery(log, message),
    onFailed: (error: unknown) => log.error("outbox failed", { error }),
  };
  const workers = [
    ...(courier === undefined || settings.smtp === undefined
      ? []
      : [createOutboxWorker({ ...needs, courier, concurrency: settings.smtp.connections })]),
    ...(smsCourier === undefined
      ? []
      : [createOutboxWorker({ ...needs, courier: smsCourier, concurrency: configuration.sms.connections })]),
  ];
  database.onMessage(() => {
    for (const worker of workers) worker.wake();
  });
  return workers;
};

const logDelivery = (log: Log, { id, channel, gateway, attempt, delivery }: DeliveredMessage): void => {
  const fields = { messageId: id, channel, ...(gateway === "" ? {} : { gateway }), done: attempt };
  if (delivery.kind === "sent") log.info("message sent", fields);
  else log.warn("message not sent", { ...fields, reason: `${delivery.kind}: ${delivery.error}` });
};

/** Every contract at its place, and what the server answers itself. */
const mountsOf = (
  administration: Administration,
  isServing: () => boolean,
): { readonly mounts: readonly Mount[]; readonly own: Mount } => {
  const { settings, configuration, database, redis, clock } = administration;
  const ring = createKeyRing({ ...administration, store: administration.stores.signingKeys });
  const captchas = createCaptchas(configuration.captchas, { ...administration, isProduction: settings.isProduction });
  const providerNeeds = { clock, isProduction: settings.isProduction };
  const openProviders = createRealmIdentityProviders(providerNeeds);
  const needsOf = (policy: MountPolicy, providers: MountConfiguration["providers"]): ContractNeeds => ({
    ...administration,
    policy,
    addressRanges,
    signatures: requestSignatures,
    tokens: createTokens({ ring, clock, policy: policy.tokens }),
    publishedKeys: () => publicKeySet(ring),
    windows: windowsOf(administration, defaultRealm),
    identityProviders: createIdentityProviders(providers, providerNeeds),
    captchas,
    realms: createRealms({
      realms: database.realms,
      open: (realmId) => {
        const realm = database.forRealm(realmId);
        return {
          ...realm,
          realmId,
          windows: windowsOf(administration, realmId),
          identityProviders: async () => openProviders(realmId, await enabledProviders(realm.stores)),
        };
      },
    }),
  });
  const readiness = {
    isServing,
    checkStores: async () => ({ [database.engineName]: await database.check() }),
    substitutes: () => (redis === undefined ? {} : { redis: redis.fault() === undefined ? "ok" : redisIsDown }),
  };
  const readable = readableChannels(administration);
  const inbox =
    readable.length === 0
      ? []
      : devInboxEndpoints({ ...administration, readable, outboxes: outboxesOf(administration) });
  const anywhere = { prefix: "", host: undefined, corsOrigins: [] };
  const pages = hosted.mount(anywhere, needsOf(hostedPolicy(configuration), []));
  return {
    mounts: configuration.mounts.map((mount) => mountOf(mount, needsOf(mount.policy, mount.providers))),
    own: { ...pages, endpoints: [...healthEndpoints(readiness), ...pages.endpoints, ...inbox] },
  };
};

const windowsOf = ({ database, redis }: Administration, realmId: RealmId): AddressWindows => {
  const stored = database.forRealm(realmId).windows;
  return redis?.windows(realmId, stored) ?? stored;
};

/** Channels whose messages wait for a developer to read them. */
export const readableChannels = ({ settings, courier, smsCourier }: Administration): readonly Channel[] => {
  if (settings.isProduction) return [];
  return [...(courier === undefined ? ["mail" as const] : []), ...(smsCourier === undefined ? ["sms" as const] : [])];
};

/** The messages of each realm. */
const outboxesOf =
  ({ database }: Administration) =>
  async () =>
    (await database.realms.list()).map(({ id }) => ({ realm: id, outbox: database.forRealm(id).stores.outbox }));

const redisIsDown = "down, using the database";

/** Why the server would not start with these mounts; none when it would. */
export const routeFaults = (administration: Administration): readonly string[] => {
  const { mounts, own } = mountsOf(administration, () => true);
  return routeCollisions(mounts, own);
};

const mountOf = ({ contract, prefix, host, corsOrigins }: MountConfiguration, needs: ContractNeeds): Mount => {
  const found = contracts.find(({ name }) => name === contract);
  if (found === undefined) throw new Error(`no contract is called ${contract}`);
  return found.mount({ prefix, host, corsOrigins }, needs);
};

const jobsOf = (administration: Administration): readonly Job[] => {
  const { configuration, database } = administration;
  const { retention } = configuration;
  return [
    ...housekeepingJobs({
      ...administration,
      realms: async () => (await database.realms.list()).map(({ id }) => database.forRealm(id)),
      retention: {
        deletedAccountsIn: retention.deletedAccountsIn,
        endedSessionsIn: retention.sessionsIn,
        idleGuestsIn: retention.idleGuestsIn,
        countersIn: Math.max(...configuration.mounts.map(({ policy }) => policy.signIn.deviceKnownIn)),
      },
    }),
    ...signingKeyJobs(administration, {
      algorithms: algorithmsOf(configuration),
      rotateEveryIn: configuration.signing.rotateEveryIn,
      longestTokenIn: longestTokenIn(configuration),
    }),
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
