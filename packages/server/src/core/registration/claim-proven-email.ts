import type { ParsedIdentifier } from "../identities/email.js";
import { type Identifier, mountKey, realmWideKey } from "../identities/identifier.js";
import { type AccountId, type Instant, newIdentifierId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Random, Stores } from "../ports.js";

export interface ProvenEmail {
  readonly accountId: AccountId;
  readonly email: ParsedIdentifier;
  /** Where it was proven. */
  readonly mount: string;
  /** Every mount of the realm: on each of them an unproven registration of the address may be under way. */
  readonly mounts: readonly string[];
  /** Absent: it is. */
  readonly isPrimary?: boolean;
  readonly origin: Origin;
  readonly now: Instant;
}

/**
 * Within a transaction: makes the address the account's own, and takes it from whoever only claimed it: their sessions end, since whoever
 * opened them is not its owner. `false`, and nothing done, when somebody else has proven it. The caller drops the registrations that wait
 * for the address, and touches none before: of two that prove one address, the later waits here and must not hold what the other drops.
 */
export const claimProvenEmail = async (
  needs: { readonly random: Random },
  stores: Stores,
  command: ProvenEmail,
): Promise<boolean> => {
  const { email, now, isPrimary = true } = command;
  const liveKey = realmWideKey("email", email.normalizedValue);
  const proven = { ...emailRow(needs, command), liveKey, provenAt: now, isPrimary };
  if (!(await stores.accounts.claim(proven))) return false;
  await meetRegistrations(needs, stores, command);
  await takeFromUnproven(stores, command);
  return true;
};

const emailRow = (
  needs: { readonly random: Random },
  { email, accountId, mount, now }: Pick<ProvenEmail, "email" | "accountId" | "mount" | "now">,
): Omit<Identifier, "liveKey" | "provenAt" | "isPrimary"> => ({
  ...email,
  kind: "email",
  id: newIdentifierId(needs.random, now),
  accountId,
  mount,
  createdAt: now,
});

/**
 * Waits for every registration of the address that is under way, and makes later ones wait for this transaction: each of them claims
 * its mount's key, and then looks for a proven holder. Without this, neither transaction would see the other, and both would commit.
 */
const meetRegistrations = async (
  needs: { readonly random: Random },
  { accounts }: Stores,
  command: ProvenEmail,
): Promise<void> => {
  for (const mount of command.mounts) {
    const liveKey = mountKey("email", mount, command.email.normalizedValue);
    const gate = { ...emailRow(needs, { ...command, mount }), liveKey, provenAt: undefined, isPrimary: false };
    if (await accounts.claim(gate)) await accounts.removeIdentifier(gate);
  }
};

const takeFromUnproven = async (stores: Stores, { email, origin, now }: ProvenEmail): Promise<void> => {
  for (const loser of await stores.accounts.unprovenEmails(email.normalizedValue)) {
    const { accountId, mount } = loser;
    await stores.accounts.removeIdentifier(loser);
    const ended = await stores.sessions.endAll(accountId, now, "identifier-lost");
    await stores.audit.append({
      at: now,
      kind: "identifier-lost",
      accountId,
      origin,
      details: { kind: "email", mount, ended },
    });
  }
};
