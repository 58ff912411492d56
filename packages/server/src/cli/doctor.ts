import type { JobState } from "#core/jobs/job-store.js";
import type { Instant } from "#core/ids.js";
import { sharedSmsBudget, sharedSmsBudgets } from "#core/limits/take-sms-budget.js";
import { type SigningKey, signingKeyAt, verifyingKeysAt } from "#core/signing-keys/signing-key.js";
import { smsWarnings } from "#settings/sms-faults.js";
import { literalBehaviours, weakerThanDefault } from "#settings/weaker-settings.js";
import { type LoadedSettings, loadSettings } from "#settings/load-settings.js";
import type { MountConfiguration } from "#settings/mount-config.js";
import { SettingsRefused } from "#settings/settings-refused.js";
import { algorithmsOf } from "#settings/signing-configuration.js";
import { type Administration, routeFaults } from "#src/compose.js";
import type { Call, Command } from "./command.js";
import { chooseRealms } from "./find-realm.js";
import { realmFindings } from "./doctor-realms.js";
import { type Finding, ok, told, warning, wrong } from "./finding.js";
import { age, inColumns, time, timeOrNull } from "./layout.js";
import { nodeWarning } from "./node-version.js";
import { schemaFault } from "./schema-fault.js";
import { tellFault } from "./tell-fault.js";
import { isDatabaseThere, missingDatabase, withStores } from "./with-administration.js";

/** What was found, and what it was found from. */
interface Examination {
  readonly findings: readonly Finding[];
  readonly keys: readonly KeyState[];
  readonly jobs: readonly JobState[];
  readonly now: Instant;
}

interface KeyState {
  readonly key: SigningKey;
  /** `waits`: signs later; `verifies`: signs no more. */
  readonly state: "waits" | "signs" | "verifies" | "over";
  readonly isStale: boolean;
}

/** Looks at everything that an installation depends on, and changes nothing. */
export const doctor: Command = {
  name: "doctor",
  summary: "Look at settings, stores, clock, keys and jobs; exit code 1 when something is wrong",
  takes: [],
  options: [],
  run: async (call) => {
    const { findings, keys, jobs, now } = await examine(call);
    const isBad = findings.some(({ verdict }) => verdict === "wrong");
    return {
      lines: [
        ...inColumns(
          ["", "check", "finding"],
          findings.map(({ check, verdict, detail }) => [marks[verdict], check, detail]),
        ),
        ...(keys.length === 0 ? [] : ["", ...keyTable(keys, now)]),
        ...(jobs.length === 0 ? [] : ["", ...jobTable(jobs, now)]),
        "",
        isBad ? "Something is wrong." : "Nothing is wrong.",
      ],
      json: { isBad, findings, keys: keys.map(keyJson), jobs: jobs.map(jobJson) },
      isBad,
    };
  },
};

const marks = { ok: "ok", told: "-", warning: "warn", wrong: "WRONG" } as const;

const examine = async (call: Call): Promise<Examination> => {
  const now = Date.now();
  const nodeFault = nodeWarning(process.versions.node, now);
  const node = nodeFault === undefined ? ok("node", process.versions.node) : warning("node", nodeFault);
  const loaded = await loadSettings(call.environment).catch((error: unknown) => {
    if (error instanceof SettingsRefused) return error;
    throw error;
  });
  const nothing = { keys: [], jobs: [], now };
  if (loaded instanceof SettingsRefused)
    return { ...nothing, findings: [node, ...loaded.faults.map((fault) => wrong("settings", fault))] };
  const findings = [node, ...settingFindings(loaded)];
  if (!isDatabaseThere(loaded.settings))
    return { ...nothing, findings: [...findings, wrong("database", missingDatabase(loaded.settings))] };
  try {
    return await withStores(loaded, async (administration) => {
      const stores = await examineStores(administration);
      return { ...stores, findings: [...findings, ...stores.findings] };
    });
  } catch (error) {
    const { lines } = tellFault(error, call.environment);
    return { ...nothing, findings: [...findings, ...lines.map((line) => wrong("database", line))] };
  }
};

const settingFindings = ({ settings, configuration }: LoadedSettings): readonly Finding[] => [
  ok(
    "settings",
    configuration.file === undefined
      ? "no configuration file: all defaults"
      : `configuration from ${configuration.file}`,
  ),
  ...configuration.mounts.map((mount) => told("mount", mountWords(mount))),
  ...configuration.providers.map(({ name, preset, issuer, clientId }) =>
    told("provider", `${name}: ${preset} at ${issuer}, as ${clientId}`),
  ),
  ...literalBehaviours(configuration).map((behaviour) => told("contract", behaviour)),
  ...weakerThanDefault(configuration).map((value) => warning("weaker", value)),
  ...(settings.isProduction ? [] : [told("mode", "NODE_ENV is not production")]),
];

const mountWords = ({ name, contract, host, prefix, policy, providers }: MountConfiguration): string => {
  const place = `${name}: ${contract} at ${host ?? ""}${prefix === "" ? "/" : prefix}, profile ${policy.profile}`;
  switch (contract) {
    case "jwt":
      return `${place}, ${policy.tokens.algorithm}, issuer ${policy.tokens.issuer}`;
    case "account":
      return `${place}, language ${policy.messages.language}, providers ${providers.map((provider) => provider.name).join(", ") || "none"}`;
    case "platform":
      return `${place}, below /{company_code}/v2 and /{company_code}/v1`;
    default:
      return contract satisfies never;
  }
};

const examineStores = async (administration: Administration): Promise<Examination> => {
  const { database, stores, clock, secrets, configuration, warnings } = administration;
  const secret = [
    ...warnings.map((text) => warning("secret", text)),
    ...(warnings.length === 0 ? [ok("secret", `newest version ${secrets.newestVersion}`)] : []),
  ];
  const startedAt = performance.now();
  const fault = schemaFault(await database.schemaState());
  const took = Math.round(performance.now() - startedAt);
  const reached = [
    ...secret,
    ok("database", `${database.engineName} answers in ${took} ms`),
    await durability(administration),
    await clocks(administration),
    ...(await redisFindings(administration)),
    ...routeFaults(administration).map((fault) => wrong("mount", fault)),
  ];
  const now = clock.now();
  if (fault !== undefined) return { findings: [...reached, wrong("schema", fault)], keys: [], jobs: [], now };
  const keys = (await stores.signingKeys.list()).map((key) => ({
    key,
    state: keyStateAt(key, now),
    isStale: secrets.isStale(key.sealedPrivateJwk),
  }));
  const jobs = await database.jobs.list();
  const mail = [
    await mailFinding(administration),
    ...(await smsFindings(administration)),
    await outboxFinding(administration),
    ...(await smsBudgetFindings(administration)),
  ];
  return {
    findings: [
      ...reached,
      ok("schema", "up to date"),
      ...algorithmsOf(configuration).map((algorithm) => keyFinding(administration, keys, algorithm)),
      ...staleFindings(keys),
      ...(await realmFindings(administration)),
      ...jobFindings(jobs, now),
      ...mail,
    ],
    keys,
    jobs,
    now,
  };
};

const durability = async ({ database }: Administration): Promise<Finding> => {
  try {
    await database.checkDurability();
    return ok("durability", "an acknowledged write survives a crash");
  } catch (error) {
    if (error instanceof Error && error.name === "DurabilityRefused")
      return wrong("durability", `DATABASE_URL: ${error.message}`);
    throw error;
  }
};

const largestSkew = 2000;

const clocks = async ({ database, clock }: Administration): Promise<Finding> => {
  const before = clock.now();
  const theirs = await database.readClock();
  const skew = Math.abs(theirs - (before + clock.now()) / 2);
  const words = `this machine's and the database's clock differ by ${(skew / 1000).toFixed(1)} s`;
  return skew > largestSkew ? warning("clock", `${words}: set both by NTP`) : ok("clock", words);
};

const redisFindings = async ({ redis }: Administration): Promise<readonly Finding[]> => {
  if (redis === undefined) return [];
  const startedAt = performance.now();
  await redis.connect({ onDown: () => undefined, onUp: () => undefined });
  const took = Math.round(performance.now() - startedAt);
  const fault = redis.fault();
  return fault === undefined
    ? [ok("redis", `answers in ${took} ms`)]
    : [warning("redis", `REDIS_URL: ${fault}. The database counts requests in its place`)];
};

const keyStateAt = (key: SigningKey, now: Instant): KeyState["state"] => {
  if (verifyingKeysAt([key], now).length === 0) return "over";
  if (signingKeyAt([key], key.algorithm, now) !== undefined) return "signs";
  const isSigningLater = now < key.activeAt && (key.retiredAt === undefined || key.activeAt < key.retiredAt);
  return isSigningLater ? "waits" : "verifies";
};

const keyFinding = (
  { secrets, clock }: Administration,
  keys: readonly KeyState[],
  algorithm: SigningKey["algorithm"],
): Finding => {
  const now = clock.now();
  const all = keys.map(({ key }) => key);
  const key = signingKeyAt(all, algorithm, now);
  if (key === undefined)
    return all.length === 0
      ? told("signing keys", `no ${algorithm} key yet: the first start makes one`)
      : wrong("signing keys", `no ${algorithm} key signs: run \`trilithon rotate-keys\``);
  try {
    secrets.unseal("signing-key", key.id, key.sealedPrivateJwk);
  } catch {
    return wrong(
      "signing keys",
      `${key.id} (${algorithm}) cannot be opened: it is sealed under a secret (version ${secrets.versionOf(key.sealedPrivateJwk) ?? "unknown"}) that SECRET_KEY does not have. Put that secret into the list, or run \`trilithon rotate-keys --now\``,
    );
  }
  return ok("signing keys", `${key.id} signs ${algorithm} for ${age(now - key.activeAt)} now`);
};

const staleFindings = (keys: readonly KeyState[]): readonly Finding[] => {
  const stale = keys.filter(({ isStale, state }) => isStale && state !== "over");
  if (stale.length === 0) return [];
  return [
    warning(
      "signing keys",
      `${stale.length} sealed under an older secret: run \`trilithon rotate-keys\` before you drop it from SECRET_KEY. Passwords from before need it too, each until its owner signs in`,
    ),
  ];
};

const jobFindings = (jobs: readonly JobState[], now: Instant): readonly Finding[] => {
  if (jobs.length === 0) return [told("jobs", "none has run yet: a running server starts them within a minute")];
  const failed = jobs.filter(({ error }) => error !== "");
  const hung = jobs.filter((job) => isHung(job, now));
  const faults = [
    ...failed.map(({ name, error }) =>
      warning("jobs", `${name} failed in its last run (${error}): the server's log has the cause`),
    ),
    ...hung.map(({ name, owner, startedAt }) =>
      warning("jobs", `${name} was begun at ${time(startedAt)} by ${owner} and never finished`),
    ),
  ];
  return faults.length > 0 ? faults : [ok("jobs", `${jobs.length} have run`)];
};

/** Connects and greets; sends nothing. */
const mailFinding = async ({ settings, courier }: Administration): Promise<Finding> => {
  const { smtp } = settings;
  if (smtp === undefined || courier === undefined)
    return told("mail", "no SMTP_URL: nothing is sent; in development messages are read at /dev/inbox");
  const startedAt = performance.now();
  const answer = await courier.check();
  const server = `the SMTP server ${smtp.host}:${smtp.port}`;
  if (answer !== "ok") return wrong("mail", `SMTP_URL: ${server} cannot be used: ${answer}`);
  if (smtp.credentials !== undefined && smtp.tls === "none")
    return warning("mail", `${server} answers, but its password goes over the wire for everybody to read`);
  return ok("mail", `${server} answers in ${Math.round(performance.now() - startedAt)} ms`);
};

/** Connects to each gateway; sends nothing. */
const smsFindings = async (administration: Administration): Promise<readonly Finding[]> => {
  const { smsCourier, settings, configuration } = administration;
  if (smsCourier === undefined) {
    const warnings = smsWarnings({ settings, configuration });
    return warnings.length > 0
      ? warnings.map((text) => warning("sms", text))
      : [told("sms", "no SMS_URL and no gateway: nothing is sent; in development messages are read at /dev/inbox")];
  }
  return (await smsCourier.check()).map(({ gateway, answer }) =>
    answer === "ok"
      ? ok("sms", `the gateway ${gateway} can be reached`)
      : wrong("sms", `the gateway ${gateway} cannot be reached: ${answer}`),
  );
};

const outboxFinding = async (administration: Administration): Promise<Finding> => {
  const counts = await Promise.all(
    (await chooseRealms(administration, undefined)).map(({ stores }) => stores.outbox.count()),
  );
  const [waiting, dead] = [sum(counts.map((count) => count.waiting)), sum(counts.map((count) => count.dead))];
  const words = `${waiting} waiting, ${dead} dead`;
  return dead === 0
    ? ok("messages", words)
    : warning("messages", `${words}: \`trilithon inbox --dead\` lists them and why`);
};

const sum = (counts: readonly number[]): number => counts.reduce((one, other) => one + other, 0);

/** Budgets of SMS that are used up, of each realm. */
const smsBudgetFindings = async (administration: Administration): Promise<readonly Finding[]> => {
  const { limits } = administration.configuration.sms;
  const now = administration.clock.now();
  const found = await Promise.all(
    (await chooseRealms(administration, undefined)).map(async ({ id, stores }) =>
      (await stores.sendings.used(sharedSmsBudgets, now)).flatMap(({ subject, inHour, inDay }) => {
        const { by, words } = sharedSmsBudget(subject);
        const { perHour, perDay } = limits[by];
        const isUsedUp = inHour >= perHour || inDay >= perDay;
        const told = `realm ${id}, ${words}: ${inHour} SMS of ${perHour} this hour, ${inDay} of ${perDay} today; sms.limits.${by}`;
        return isUsedUp ? [warning("sms", `used up: ${told}`)] : [];
      }),
    ),
  );
  return found.flat();
};

/** Its lease is over, but nobody finished it: its node was killed, or works beyond its time. */
const isHung = ({ leasedUntil, startedAt, finishedAt }: JobState, now: Instant): boolean =>
  leasedUntil < now && (finishedAt === undefined || finishedAt < startedAt);

const keyTable = (keys: readonly KeyState[], now: Instant): readonly string[] =>
  inColumns(
    ["key", "algorithm", "state", "made", "age", "sealed under"],
    keys.map(({ key, state, isStale }) => [
      key.id,
      key.algorithm,
      state === "verifies" && key.expiresAt !== undefined ? `verifies until ${time(key.expiresAt)}` : state,
      time(key.createdAt),
      age(now - key.createdAt),
      isStale ? "an older secret" : "the newest secret",
    ]),
  );

const keyJson = ({ key, state, isStale }: KeyState) => ({
  keyId: key.id,
  algorithm: key.algorithm,
  state,
  createdAt: time(key.createdAt),
  activeAt: time(key.activeAt),
  retiredAt: timeOrNull(key.retiredAt),
  expiresAt: timeOrNull(key.expiresAt),
  isStale,
});

const jobTable = (jobs: readonly JobState[], now: Instant): readonly string[] =>
  inColumns(
    ["job", "last run", "ago", "did", "error", "node"],
    jobs.map(({ name, startedAt, done, error, owner }) => [
      name,
      time(startedAt),
      age(now - startedAt),
      done,
      error,
      owner,
    ]),
  );

const jobJson = (job: JobState) => ({
  name: job.name,
  owner: job.owner,
  startedAt: time(job.startedAt),
  finishedAt: timeOrNull(job.finishedAt),
  done: job.done,
  error: job.error,
});
