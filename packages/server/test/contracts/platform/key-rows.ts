import { type CalledEndpoint, endpoints, isThorough } from "./endpoints.js";
import { type Row, rowsFor } from "./row.js";
import type { PlatformSent, Stage } from "./stage.js";

/** A company that is there, and is not the stage's own. */
export const otherCompany = (stage: Stage): Promise<string> =>
  stage.shared("another company", async () => {
    const company = "other-company";
    await stage.realm(company);
    return company;
  });

/** Keys that are good no more, by what has happened to them. */
const disabledKey = (stage: Stage): Promise<string> =>
  stage.shared("a disabled key", async () => {
    const { id, key } = await stage.makeKey();
    await stage.cli("key", "disable", id);
    return key;
  });

const expiredKey = (stage: Stage): Promise<string> =>
  stage.shared("an expired key", async () => {
    const { id, key } = await stage.makeKey();
    await stage.sql(`update api_key set expires_at = created_at where api_key_id = '${id}'`);
    return key;
  });

const companies = {
  "nobody is called so": "nobody",
  "it is in capitals": "Default",
  "it has 65 letters": "a".repeat(65),
  "it ends with a hyphen": "default-",
  "it has a dot": "default.",
  "it is encoded": "%64efault",
  "it holds SQL": "default'--",
  "it is a thousand letters long": "a".repeat(1000),
};

/** What is told of a company and a key, before anything else. */
export const keyRows: readonly Row[] = endpoints.flatMap((endpoint) => {
  const { name, path, method } = endpoint;
  const keyed = (key: (stage: Stage) => Promise<string>) => async (stage: Stage) => ({
    path,
    method,
    key: await key(stage),
  });
  return [
    ...rowsFor(
      name,
      "object.id.notfound",
    )({
      ...Object.fromEntries(
        Object.entries(companies)
          .slice(0, isThorough(endpoint) ? 99 : 1)
          .map(([when, company]) => [
            `its company is another: ${when}, by ${method}`,
            { path, method, prefix: `/${company}/v2` },
          ]),
      ),
      [`its company is unknown, and there is no key, by ${method}`]: { path, method, prefix: "/nobody/v2", key: null },
    }),
    ...rowsFor(name, "auth.apikey.missing")(
      { [`there is no key, by ${method}`]: { path, method, key: null } },
      { headers: { "www-authenticate": "ApiKey" } },
    ),
    ...rowsFor(name, "auth.apikey.invalid")(
      {
        [`the key is nobody's, by ${method}`]: { path, method, key: `apk_${"x".repeat(43)}` },
        [`the key is another company's, by ${method}`]: async (stage) => {
          const company = await otherCompany(stage);
          const { key } = await stage.shared("a key there", () => stage.makeKey({ company }));
          return { path, method, key };
        },
        [`the key is disabled, by ${method}`]: keyed(disabledKey),
        ...(isThorough(endpoint) ? oddKeys(endpoint) : {}),
        [`the key is over, by ${method}`]: keyed(expiredKey),
      },
      { headers: { "www-authenticate": "ApiKey" } },
    ),
    ...rowsFor(
      name,
      "auth.restricted",
    )({
      [`the address is not on the key's list, by ${method}`]: async (stage) => {
        const { key } = await stage.keyWith({ addresses: ["192.0.2.0/24", "2001:db8::/32"] });
        return { path, method, key };
      },
    }),
  ];
});

function oddKeys({ path, method }: CalledEndpoint): Readonly<Record<string, Row["send"]>> {
  const spelled = (how: (key: string) => PlatformSent["headers"]) => async (stage: Stage) => {
    const { key } = await stage.ownKey();
    return { path, method, key: null, headers: { ...how(key) } };
  };
  return {
    "the key is empty": spelled(() => ({ "x-api-key": "" })),
    "the key stands twice": spelled((key) => ({ "x-api-key": [key, key] })),
    "the key stands beside another": spelled((key) => ({ "x-api-key": ["x", key] })),
    "the key is in other letters": spelled((key) => ({ "x-api-key": key.toUpperCase() })),
    "the key is the id of one": async (stage) => ({ path, method, key: (await stage.ownKey()).id }),
    "the key is a secret": async (stage) => ({ path, method, key: (await stage.ownKey()).secret }),
    "the key is ten thousand letters long": () => ({ path, method, key: "x".repeat(10_000) }),
  };
}
