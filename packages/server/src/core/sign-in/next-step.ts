import { mayAct } from "../accounts/account.js";
import type { AccountWithIdentifiers } from "../accounts/account-store.js";
import type { Disclaimer } from "../disclaimers/disclaimer.js";
import { isSameVersion, missingDisclaimers } from "../disclaimers/missing-disclaimers.js";
import { type Address, codeAddress, hasAddress } from "../identities/reachable-address.js";
import type { Instant } from "../ids.js";
import type { Stores } from "../ports.js";
import { type Factor, Refusal } from "../refusal.js";
import type { FlowNeeds } from "./flow-needs.js";
import type { SessionMemory } from "./pending-session.js";

/** What somebody is asked for next. */
export type AskedNext =
  /** `to`: where a code goes; `undefined`: he can get none, and needs one of his backup codes. */
  | { readonly state: "checkotp"; readonly to: Address | undefined }
  | { readonly state: "checkmemorable" }
  | { readonly state: "acceptdisclaimers"; readonly missing: readonly Disclaimer[] }
  | { readonly state: "authorized" };

export interface Asking extends AccountWithIdentifiers {
  readonly memory: Pick<SessionMemory, "proven" | "accepted">;
  readonly now: Instant;
}

/**
 * The one place that says what a sign-in still needs: by what it has proven and accepted, by what its user has set up, and by the
 * policy of its API key. Refuses with `account-inactive`: whoever is asked has proven something, and may be told.
 */
export const askNext = async (
  needs: Pick<FlowNeeds, "apiKey" | "phoneNumbers">,
  stores: Stores,
  { account, identifiers, memory, now }: Asking,
): Promise<AskedNext> => {
  const { id: accountId, status } = account;
  if (!mayAct(account)) throw new Refusal("account-inactive", { status, accountId });
  const enrolled = await stores.factors.enrolled(accountId);
  const to = codeAddress(needs, identifiers);
  const { factors } = needs.apiKey.policy;
  // Who has switched it on is asked, whether or not a code can reach him; and no gateway that is gone lets anybody in without one.
  const needsCode = enrolled.hasSecondFactor || (factors.otp && hasAddress(identifiers));
  if (needsCode && !hasProven(memory, ["code", "backup-code"])) return { state: "checkotp", to };
  const needsLetters = factors.memorable && enrolled.hasMemorableWords;
  if (needsLetters && !hasProven(memory, ["memorable"])) return { state: "checkmemorable" };
  const missing = (await missingDisclaimers(stores, accountId, now)).filter(
    (one) => !memory.accepted.some((accepted) => isSameVersion(one, accepted)),
  );
  return missing.length > 0 ? { state: "acceptdisclaimers", missing } : { state: "authorized" };
};

const hasProven = ({ proven }: Asking["memory"], factors: readonly Factor[]): boolean =>
  proven.some((factor) => factors.includes(factor));
