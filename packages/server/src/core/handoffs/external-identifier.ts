import { realmWideKey } from "../identities/identifier.js";
import { type AccountId, type Instant, newIdentifierId } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import type { Random, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";

/** A person at a provider: equal subjects of two providers are two people, and subjects are compared byte for byte. */
export const externalValue = (provider: string, subject: string): string => `${provider} ${subject}`;

export interface ExternalClaim {
  readonly provider: string;
  readonly subject: string;
  readonly accountId: AccountId;
  readonly now: Instant;
}

/** Within a transaction: from now on the account is found by it. Refuses with `identifier-taken`, also between two at once. */
export const claimExternal = async (
  needs: { readonly random: Random; readonly policy: Pick<MountPolicy, "mount"> },
  { accounts }: Stores,
  { provider, subject, accountId, now }: ExternalClaim,
): Promise<void> => {
  const value = externalValue(provider, subject);
  const isClaimed = await accounts.claim({
    id: newIdentifierId(needs.random, now),
    accountId,
    kind: "external",
    displayValue: value,
    normalizedValue: value,
    liveKey: realmWideKey("external", value),
    provenAt: now,
    mount: needs.policy.mount,
    isPrimary: false,
    createdAt: now,
  });
  if (!isClaimed) throw new Refusal("identifier-taken", { kind: "external" });
};
