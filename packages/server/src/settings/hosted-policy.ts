import type { MountPolicy, PasswordPolicy } from "#core/policy.js";
import type { Configuration } from "./config.js";

/** The hosted pages serve every mount of the realm, so a password set there has to suit the strictest. */
export const hostedPolicy = ({ mounts }: Configuration): MountPolicy => {
  const [first] = mounts;
  if (first === undefined) throw new Error("no mount is configured");
  return {
    ...first.policy,
    mount: "hosted",
    passwords: mounts.map(({ policy }) => policy.passwords).reduce(stricter),
    addressLimits: { "reset-password": { limit: 10, windowIn: 60_000 } },
  };
};

const stricter = (one: PasswordPolicy, other: PasswordPolicy): PasswordPolicy => ({
  minimumLength: Math.max(one.minimumLength, other.minimumLength),
  maximumLength: Math.min(one.maximumLength, other.maximumLength),
  needsAllClasses: one.needsAllClasses || other.needsAllClasses,
  refusesCommon: one.refusesCommon || other.refusesCommon,
  refusesNumeric: one.refusesNumeric || other.refusesNumeric,
  refusesSimilar: one.refusesSimilar || other.refusesSimilar,
});
