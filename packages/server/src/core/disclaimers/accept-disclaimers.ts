import { Refusal } from "../refusal.js";
import type { Disclaimer } from "./disclaimer.js";

/** A text that somebody says to accept; without a version, its present one. */
export interface OfferedAcceptance {
  readonly code: string;
  readonly version: string | undefined;
}

/**
 * Refuses with `disclaimer-not-accepted` unless each required text is named exactly once, in its required version. What else is named
 * means nothing.
 */
export const refuseUnlessAccepted = (required: readonly Disclaimer[], offered: readonly OfferedAcceptance[]): void => {
  const codes = required.filter((one) => !isAccepted(one, offered)).map(({ code }) => code);
  if (codes.length > 0) throw new Refusal("disclaimer-not-accepted", { codes });
};

/** Of the required texts those that are accepted. */
export const acceptedAmong = (
  required: readonly Disclaimer[],
  offered: readonly OfferedAcceptance[],
): readonly Disclaimer[] => required.filter((one) => isAccepted(one, offered));

const isAccepted = ({ code, version }: Disclaimer, offered: readonly OfferedAcceptance[]): boolean => {
  const [named, ...more] = offered.filter((one) => one.code === code);
  return named !== undefined && more.length === 0 && (named.version ?? version) === version;
};
