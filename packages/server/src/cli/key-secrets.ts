import { expireSecret, rotateSecret } from "#core/api-keys/rotate-secret.js";
import { parseDuration } from "#settings/duration.js";
import { type Command, CommandRefused } from "./command.js";
import { getKey, keyTerm } from "./find-key.js";
import { parseLifetime } from "./key-create.js";
import { secretJson } from "./key-json.js";
import { asFields, time } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { withAdministration } from "./with-administration.js";

const usualOverlap = "7d";

/** The new secret is printed, and is not to be had again. */
export const keyRotateSecret: Command = {
  name: "key rotate-secret",
  summary: "Give an API key another secret, shown once; the one before stays good for a while",
  takes: [keyTerm],
  options: [
    {
      form: "--overlap <duration>",
      sentence: `for so long the secret before stays good, such as 24h; ${usualOverlap} without`,
    },
  ],
  run: async (call) => {
    const overlapIn = parseLifetime(call.options.text("overlap"), "overlap") ?? parseDuration(usualOverlap);
    return withAdministration(call, async (administration) => {
      const { apiKey, realm } = await getKey(administration, call.given[0] ?? "");
      const { id } = apiKey;
      const needs = { ...administration, transaction: realm.transaction };
      const rotated = await rotateSecret(needs, { id, overlapIn, origin: operatorOrigin(administration) });
      if (rotated.kind === "refused")
        throw new CommandRefused(
          `API key ${id} has two secrets that are good already. End one first:`,
          rotated.live.map((old) => `\`trilithon key expire-secret ${id} ${old.id}\` (made ${time(old.createdAt)})`),
        );
      const { secret, replaced } = rotated;
      return {
        lines: [
          ...asFields([
            ["key", id],
            ["secret id", secret.id],
            ["secret", secret.secret],
          ]),
          "",
          ...replaced.map((old) => `Secret ${old.id} stays good until ${time(old.expiresAt)}.`),
          "The new one is good now, and is not shown again.",
        ],
        json: {
          keyId: id,
          ...secretJson(secret),
          secret: secret.secret,
          replaced: replaced.map((old) => ({ secretId: old.id, expiresAt: time(old.expiresAt) })),
        },
      };
    });
  },
};

export const keyExpireSecret: Command = {
  name: "key expire-secret",
  summary: "End a secret of an API key now, as when it has leaked",
  takes: [keyTerm, { form: "<secret>", sentence: "the secret's id, as `key show` lists it; not the secret itself" }],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const [key = "", secretId = ""] = call.given;
      const { apiKey, realm } = await getKey(administration, key);
      const { id } = apiKey;
      const needs = { ...administration, transaction: realm.transaction };
      if (!(await expireSecret(needs, { id, secretId, origin: operatorOrigin(administration) })))
        throw new CommandRefused(
          `API key ${id} has no such secret that is good: \`trilithon key show ${id}\` lists them`,
        );
      const left = await realm.stores.apiKeys.secretsOf(id, administration.clock.now());
      return {
        lines: [
          `Secret ${secretId} is good no more.`,
          ...(left.length === 0 ? [`None is left: \`trilithon key rotate-secret ${id}\` makes one.`] : []),
        ],
        json: { keyId: id, secretId, secrets: left.map(secretJson) },
      };
    }),
};
