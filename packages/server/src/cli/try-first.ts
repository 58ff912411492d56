import type { ContractName } from "#settings/contract-defaults.js";
import type { LoadedSettings } from "#settings/load-settings.js";

/** What to try first on a server that has just started, for a person at its terminal. */
export const tryFirst = (url: string, { settings, configuration }: LoadedSettings): readonly string[] => {
  const everywhere = configuration.mounts.filter(({ host }) => host === undefined);
  const inbox = settings.smtp === undefined && !settings.isProduction ? `${url}/dev/inbox` : "your mail";
  return [
    "",
    `Trilithon listens on ${url}`,
    "",
    "Try first, in another terminal:",
    ...everywhere
      .filter(({ contract }, at) => everywhere.findIndex((other) => other.contract === contract) === at)
      .flatMap(({ contract, prefix }) => firstCalls[contract](`${url}${prefix}`, inbox)),
    "  npx trilithon user find ada      who is there",
    "  npx trilithon error <id>         why a request was refused: the id is in its x-request-id header",
    "  npx trilithon doctor             whether all is well",
    "",
    "Ctrl+C stops the server.",
    "",
  ];
};

const json = "-H 'content-type: application/json'";
const call = (address: string, body: Readonly<Record<string, string>>): readonly string[] => [
  `  curl ${address} ${json} \\`,
  `    -d '${JSON.stringify(body)}'`,
];

const ada = { email: "ada@example.org", password: "Analytical-Engine-1843" };

const firstCalls: Readonly<Record<ContractName, (base: string, inbox: string) => readonly string[]>> = {
  jwt: (base) => [...call(`${base}/register`, { username: "ada", ...ada }), ...call(`${base}/login`, ada), ""],
  account: (base, inbox) => [
    ...call(`${base}/web/register/`, { fullname: "Ada Lovelace", ...ada }),
    ...call(`${base}/verify/`, { email: ada.email, code: `the six digits from ${inbox}` }),
    ...call(`${base}/login/`, ada),
    "",
  ],
  platform: (base) => [
    "  npx trilithon realm create acme",
    "  npx trilithon key create acme --name app    prints an API key, once",
    `  curl ${base}/acme/v2/auth/signup ${json} -H 'x-api-key: that key' \\`,
    `    -d '{"login_id":"grace@example.org"}'`,
    "",
  ],
};
