import { makeApiKey } from "#core/api-keys/make-api-key.js";
import { durationPattern, parseDuration } from "#settings/duration.js";
import { type Command, UsageFault } from "./command.js";
import { companyTerm, getRealm } from "./find-realm.js";
import { keyJson } from "./key-json.js";
import { asFields, timeOrNothing } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { readPolicy } from "./read-policy.js";
import { withAdministration } from "./with-administration.js";

/** A client application: its key and its first secret are printed, and are not to be had again. */
export const keyCreate: Command = {
  name: "key create",
  summary: "Make an API key for a client application, and its first secret; both are shown once",
  takes: [companyTerm],
  options: [
    { form: "--name <name>", sentence: "what the application is called, for operators; needed" },
    { form: "--policy <file>", sentence: "what it may do: a JSON file as docs/operate/key-policy.schema.json says" },
    { form: "--expires <duration>", sentence: "it is good for so long, such as 90d; without, until it is disabled" },
    {
      form: "--development",
      sentence: "a signature that does not fit is answered with the text that was signed; for no key of production",
    },
  ],
  run: async (call) => {
    const { options } = call;
    const name = parseName(options.text("name"));
    const livesIn = parseLifetime(options.text("expires"), "expires");
    return withAdministration(call, async (administration) => {
      const { configuration, clock } = administration;
      const { id: company, transaction } = await getRealm(administration, call.given[0] ?? "");
      const policy = await readPolicy(configuration, options.text("policy"));
      const { apiKey, key, secret } = await makeApiKey(
        { ...administration, transaction },
        {
          name,
          policy,
          isDevelopment: options.has("development"),
          livesIn,
          origin: operatorOrigin(administration),
        },
      );
      return {
        lines: [
          ...asFields([
            ["id", apiKey.id],
            ["key", key],
            ["secret", secret.secret],
            ["good until", timeOrNothing(apiKey.expiresAt)],
          ]),
          "",
          "The key goes into X-Api-Key; the secret signs requests of servers and is for no client. Neither is shown again.",
        ],
        json: {
          ...keyJson(company, apiKey, clock.now()),
          key,
          secretId: secret.id,
          secret: secret.secret,
        },
      };
    });
  },
};

const parseName = (text = ""): string => {
  const name = text.trim();
  if (name === "" || name.length > 100 || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name))
    throw new UsageFault("--name needs a name of at most 100 characters");
  return name;
};

/** Milliseconds; `undefined` when the option was not given. */
export const parseLifetime = (text: string | undefined, option: string): number | undefined => {
  if (text === undefined) return undefined;
  if (!new RegExp(durationPattern).test(text))
    throw new UsageFault(`--${option} is no duration such as 10m, 24h or 90d`);
  return parseDuration(text);
};
