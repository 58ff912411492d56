import type { AccountId, Instant } from "../ids.js";
import type { Stores } from "../ports.js";
import type { Disclaimer } from "./disclaimer.js";

/** What is required at `at` of somebody and not accepted; of nobody, everything that is required. */
export const missingDisclaimers = async (
  { disclaimers }: Pick<Stores, "disclaimers">,
  accountId: AccountId | undefined,
  at: Instant,
): Promise<readonly Disclaimer[]> => {
  const required = await disclaimers.requiredAt(at);
  if (required.length === 0 || accountId === undefined) return required;
  const accepted = await disclaimers.acceptedBy(accountId);
  return required.filter((one) => !accepted.some((other) => isSameVersion(one, other)));
};

export const isSameVersion = (
  one: Pick<Disclaimer, "code" | "version">,
  other: Pick<Disclaimer, "code" | "version">,
): boolean => one.code === other.code && one.version === other.version;
