import type { SigningAlgorithm } from "#core/signing-keys/signing-key.js";
import type { Configuration } from "./config.js";

/** The algorithms that some mount signs with; contracts without tokens sign nothing. */
export const algorithmsOf = (configuration: Configuration): readonly SigningAlgorithm[] => [
  ...new Set(tokenPoliciesOf(configuration).map(({ algorithm }) => algorithm)),
];

/** The longest that any token of the realm lives, in milliseconds: so long a retired key verifies. */
export const longestTokenIn = (configuration: Configuration): number =>
  Math.max(0, ...tokenPoliciesOf(configuration).flatMap(({ accessIn, refreshIn }) => [accessIn, refreshIn]));

const tokenPoliciesOf = ({ mounts }: Configuration) =>
  mounts.filter(({ contract }) => contract === "jwt").map(({ policy }) => policy.tokens);
