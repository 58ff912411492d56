import { resealSigningKeys, rotateSigningKeys } from "#core/signing-keys/rotate-signing-keys.js";
import type { SigningKey } from "#core/signing-keys/signing-key.js";
import { algorithmsOf, longestTokenIn } from "#settings/signing-configuration.js";
import type { Command } from "./command.js";
import { count, inColumns, time } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { withAdministration } from "./with-administration.js";

/** New signing keys for every algorithm in use; tokens signed with the older ones stay good until they are over. */
export const rotateKeys: Command = {
  name: "rotate-keys",
  summary: "Make new signing keys, and reseal all of them under the newest SECRET_KEY",
  takes: [],
  options: [
    {
      form: "--now",
      sentence:
        "sign with them at once, as when a key has leaked; without, once every cache of the public keys has them",
    },
  ],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const origin = operatorOrigin(administration);
      const longestIn = longestTokenIn(administration.configuration);
      const signs = call.options.has("now") ? "at-once" : "once-published";
      const made: SigningKey[] = [];
      for (const algorithm of algorithmsOf(administration.configuration))
        made.push(await rotateSigningKeys(administration, { algorithm, longestTokenIn: longestIn, signs, origin }));
      const resealed = await resealSigningKeys(administration);
      const lastUntil = (await administration.stores.signingKeys.list())
        .flatMap(({ expiresAt }) => expiresAt ?? [])
        .toSorted((one, other) => one - other)
        .at(-1);
      return {
        lines: [
          ...inColumns(
            ["algorithm", "new key", "signs from"],
            made.map(({ algorithm, id, activeAt }) => [algorithm, id, time(activeAt)]),
          ),
          ...(lastUntil === undefined ? [] : [`The older keys verify until ${time(lastUntil)}.`]),
          signs === "at-once"
            ? "Running servers sign with the new ones within a second."
            : "Running servers publish the new ones within a second, and sign with the older ones until then.",
          ...(resealed === 0 ? [] : [`Resealed ${count(resealed, "key")} under the newest SECRET_KEY.`]),
        ],
        json: {
          made: made.map(({ algorithm, id, activeAt }) => ({ algorithm, keyId: id, activeAt: time(activeAt) })),
          resealed,
        },
      };
    }),
};
