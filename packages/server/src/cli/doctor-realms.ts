import type { ApiKey, ApiSecret } from "#core/api-keys/api-key.js";
import type { Instant } from "#core/ids.js";
import { companyFaults } from "#settings/company-faults.js";
import { literalPolicy, weakerPolicy } from "#settings/weaker-policy.js";
import type { Administration } from "#src/compose.js";
import { chooseRealms } from "./find-realm.js";
import { type Finding, told, warning, wrong } from "./finding.js";
import { keyStateAt } from "./key-json.js";
import { age, count, time } from "./layout.js";

/** Milliseconds before its end in which a key is told to be replaced. */
const warnedBefore = 30 * 86_400_000;

/** What is to be said of every realm and of the API keys that are in use there. */
export const realmFindings = async (administration: Administration): Promise<readonly Finding[]> => {
  const { configuration, clock } = administration;
  const now = clock.now();
  const findings: Finding[] = [];
  for (const { id: company, stores } of await chooseRealms(administration, undefined)) {
    const keys = await stores.apiKeys.list();
    const good = keys.filter((key) => keyStateAt(key, now) === "good");
    if (keys.length > 0) findings.push(told("realm", `${company}: ${count(good.length, "API key")} in use`));
    findings.push(...companyFaults(configuration, company).map((fault) => wrong("realm", `${company}: ${fault}`)));
    for (const key of good) {
      const place = `${key.id} (${company}, ${key.name})`;
      const secrets = await secretsOf(administration, () => stores.apiKeys.secretsOf(key.id, now));
      findings.push(
        ...keyFindings(key, { secrets, now }).map((finding) => ({ ...finding, detail: `${place}: ${finding.detail}` })),
      );
    }
  }
  return findings;
};

/** `undefined`: they are sealed under a secret that `SECRET_KEY` does not have. */
const secretsOf = async (
  { database }: Administration,
  read: () => Promise<readonly ApiSecret[]>,
): Promise<readonly ApiSecret[] | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (database.health.isDown) throw error;
    return undefined;
  }
};

const keyFindings = (
  key: ApiKey,
  { secrets, now }: { readonly secrets: readonly ApiSecret[] | undefined; readonly now: Instant },
): readonly Finding[] => [
  ...(key.expiresAt !== undefined && key.expiresAt - now < warnedBefore
    ? [warning("API key", `is good until ${time(key.expiresAt)}, for ${age(key.expiresAt - now)}: make another`)]
    : []),
  ...weakerPolicy(key.policy).map((weaker) => warning("API key", weaker)),
  ...literalPolicy(key).map((literal) => told("API key", literal)),
  ...(secrets === undefined
    ? [wrong("API key", "its secrets are sealed under a secret that SECRET_KEY does not have: put that into the list")]
    : secretFindings(key, secrets, now)),
];

const secretFindings = ({ id, policy }: ApiKey, secrets: readonly ApiSecret[], now: Instant): readonly Finding[] => {
  if (secrets.length === 0 && policy.scopes.length > 0)
    return [warning("API key", `no secret is good: \`trilithon key rotate-secret ${id}\` makes one`)];
  return secrets.flatMap(({ id: secretId, expiresAt }) =>
    expiresAt === undefined
      ? []
      : [told("API key", `secret ${secretId} stays good until ${time(expiresAt)}, for ${age(expiresAt - now)}`)],
  );
};
