import { addProvider } from "#core/identities/add-provider.js";
import { disableProvider } from "#core/identities/disable-provider.js";
import { configurationOf } from "#core/identities/enabled-providers.js";
import { defaultRealm } from "#core/ids.js";
import { readProvider } from "#settings/providers.js";
import { type Command, CommandRefused } from "./command.js";
import { companyTerm, getRealm } from "./find-realm.js";
import { inColumns, time, timeOrNull } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { readTextFile } from "./read-text-file.js";
import { withAdministration } from "./with-administration.js";

/** Lets the users of one realm sign in at an identity provider; again with the same name, it changes how it is asked. */
export const providerAdd: Command = {
  name: "provider add",
  summary: "Let a realm's users sign in at an identity provider, or change how it is asked",
  takes: [companyTerm, { form: "<file>", sentence: "JSON, as an item of providers in trilithon.config.json" }],
  options: [],
  run: async (call) => {
    const [company = "", file = ""] = call.given;
    const configuration = await readProvider(await readTextFile(file), file);
    const { name, issuer } = configuration;
    return withAdministration(call, async (administration) => {
      const { id, transaction } = await getRealm(administration, company);
      if (id === defaultRealm && administration.configuration.providers.some((other) => other.name === name))
        throw new CommandRefused(
          `the configuration has a provider ${name}, whose people are of this realm: choose another name`,
        );
      const command = { configuration, origin: operatorOrigin(administration) };
      const outcome = await addProvider({ ...administration, transaction }, command);
      if (outcome === "of-another-issuer")
        throw new CommandRefused(
          `${name} was another issuer's, and people are known by that name: choose another for ${issuer}`,
        );
      return {
        lines: [`${outcome === "added" ? "Added" : "Changed"} ${name}: users of ${company} sign in at ${issuer}.`],
        json: { company, name, issuer, outcome },
      };
    });
  },
};

export const providerList: Command = {
  name: "provider list",
  summary: "List a realm's identity providers",
  takes: [companyTerm],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const { stores } = await getRealm(administration, call.given[0] ?? "");
      const providers = (await stores.identityProviders.list()).map((stored) => ({
        ...configurationOf(stored),
        createdAt: stored.createdAt,
        disabledAt: stored.disabledAt,
      }));
      return {
        lines:
          providers.length === 0
            ? ["There is none: users of the realm sign in here alone."]
            : inColumns(
                ["name", "state", "preset", "issuer", "client id", "made"],
                providers.map(({ name, disabledAt, preset, issuer, clientId, createdAt }) => [
                  name,
                  disabledAt === undefined ? "on" : "off",
                  preset,
                  issuer,
                  clientId,
                  time(createdAt),
                ]),
              ),
        json: {
          providers: providers.map(({ credential, createdAt, disabledAt, ...shown }) => ({
            ...shown,
            credential: credential.kind,
            createdAt: time(createdAt),
            disabledAt: timeOrNull(disabledAt),
          })),
        },
      };
    }),
};

/** Nobody signs in by it any more. Its name stays with its issuer, and its people with their accounts. */
export const providerRemove: Command = {
  name: "provider remove",
  summary: "Let nobody of a realm sign in at an identity provider any more, at once",
  takes: [companyTerm, { form: "<name>", sentence: "the provider's name" }],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const [company = "", name = ""] = call.given;
      const { transaction } = await getRealm(administration, company);
      const command = { name, origin: operatorOrigin(administration) };
      if (!(await disableProvider({ ...administration, transaction }, command)))
        throw new CommandRefused(`${company} has no provider ${JSON.stringify(name)} that is on`);
      return { lines: [`${name} is off: nobody of ${company} signs in there any more.`], json: { company, name } };
    }),
};
