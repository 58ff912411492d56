import type { ApiKey } from "#core/api-keys/api-key.js";
import type { KeyPolicy } from "#core/api-keys/key-policy.js";
import { defaultKeyPolicy } from "#core/api-keys/key-policy.js";
import { isLoopback } from "./loopback.js";
import { contractDefaults } from "./contract-defaults.js";
import { parseDuration } from "./duration.js";
import { wider } from "./weaker-settings.js";

/** Everything in which a policy is weaker than the default one, in words; by its path. */
export const weakerPolicy = ({ criticalChanges, factors, recovery, limits, origins }: KeyPolicy): readonly string[] => {
  const standard = contractDefaults.platform.addressLimits;
  return [
    ...(defaultKeyPolicy.criticalChanges && !criticalChanges
      ? ["criticalChanges is off: whoever has a token may change password and addresses"]
      : []),
    ...(factors.controlQuestion
      ? ["factors.controlQuestion is on: answers can be guessed or known (specs/hardened.md, row 5; not ASVS level 1)"]
      : []),
    ...(recovery.methods.includes("QUESTION")
      ? ["recovery.methods has QUESTION: who knows the answer takes the account, a day later"]
      : []),
    ...origins
      .filter((origin) => origin.startsWith("http:") && !isLoopback(new URL(origin).hostname))
      .map((origin) => `origins has ${origin}: everybody on the way can change that page`),
    ...Object.entries(limits).flatMap(([name, limit]) => {
      const usual = standard[name];
      const usually = usual && { limit: usual.limit, windowIn: parseDuration(usual.per) };
      return usually === undefined ? [] : wider(`limits.${name}`, limit, usually);
    }),
  ];
};

/** What a key's policy has in place of what it would have without, and what its holders may do with it from anywhere. */
export const literalPolicy = ({
  policy,
  isDevelopment,
}: Pick<ApiKey, "policy" | "isDevelopment">): readonly string[] => [
  ...(policy.profile === "contract" ? ["profile contract in place of the mount's, letter for letter"] : []),
  ...(policy.scopes.length > 0 && policy.addresses.length === 0
    ? [`signed requests (${policy.scopes.join(", ")}) from any address`]
    : []),
  ...(isDevelopment
    ? ["for development: a signature that does not fit is answered with the text that was signed"]
    : []),
];
