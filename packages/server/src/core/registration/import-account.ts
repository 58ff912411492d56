import type { ParsedIdentifier } from "../identities/email.js";
import { type Identifier, mountKey, realmWideKey } from "../identities/identifier.js";
import { type AccountId, type Instant, newAccountId, newIdentifierId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Random, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { newAccount } from "./register-account.js";

export interface ImportNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly transaction: Transaction;
}

/** An account that an administrator brings: made by hand, or moved in from another system. */
export interface ImportCommand {
  readonly email: ParsedIdentifier;
  /** `proven`: the administrator vouches for it, and it opens every mount. Else it works on `mount` alone. */
  readonly emailProof: "proven" | "unproven";
  readonly mount: string;
  /** Every mount of the realm: on each of them an unproven registration of the address may be under way. */
  readonly mounts: readonly string[];
  readonly username: ParsedIdentifier | undefined;
  /** Checked to be of a kind and cost that this server verifies. */
  readonly passwordHash: string | undefined;
  readonly language: string;
  readonly createdAt: Instant | undefined;
  readonly origin: Origin;
}

/**
 * Makes the account, or refuses with `identifier-taken` and makes nothing. A proven e-mail is taken away from accounts that
 * never proved it: their sessions end, since whoever opened them is not the owner of the address.
 */
export const importAccount = (needs: ImportNeeds, command: ImportCommand): Promise<AccountId> => {
  const now = needs.clock.now();
  const account = newAccount(newAccountId(needs.random, now), command.language, command.createdAt ?? now);
  const { email, username, mount, origin } = command;
  const isProven = command.emailProof === "proven";
  const emailKey = isProven
    ? realmWideKey("email", email.normalizedValue)
    : mountKey("email", mount, email.normalizedValue);
  return needs.transaction(async (stores) => {
    await stores.accounts.insert(account);
    const claim = async (kind: "username" | "email", value: ParsedIdentifier, liveKey: string): Promise<void> => {
      const isClaimed = await stores.accounts.claim({
        ...value,
        kind,
        liveKey,
        id: newIdentifierId(needs.random, now),
        accountId: account.id,
        provenAt: kind === "email" && isProven ? now : undefined,
        mount,
        isPrimary: true,
        createdAt: now,
      });
      if (!isClaimed) throw new Refusal("identifier-taken", { kind });
    };
    if (username !== undefined) await claim("username", username, realmWideKey("username", username.normalizedValue));
    await claim("email", email, emailKey);
    if (isProven) {
      await meetRegistrations(needs, stores, { ...command, accountId: account.id, now });
      await takeFromUnproven(stores, email, now, origin);
    } else await refuseProvenElsewhere(stores, email);
    if (command.passwordHash !== undefined) await stores.passwords.set(account.id, command.passwordHash, now);
    await stores.audit.append({ at: now, kind: "account-imported", accountId: account.id, origin, details: {} });
    return account.id;
  });
};

/**
 * Waits for every registration of the address that is under way, and makes later ones wait for this transaction: each of them claims
 * its mount's key, and then looks for a proven holder. Without this, neither transaction would see the other, and both would commit.
 */
const meetRegistrations = async (
  needs: Pick<ImportNeeds, "random">,
  { accounts }: Stores,
  command: Pick<ImportCommand, "email" | "mounts"> & { readonly accountId: AccountId; readonly now: Instant },
): Promise<void> => {
  for (const mount of command.mounts) {
    const gate: Identifier = {
      ...command.email,
      kind: "email",
      liveKey: mountKey("email", mount, command.email.normalizedValue),
      id: newIdentifierId(needs.random, command.now),
      accountId: command.accountId,
      provenAt: undefined,
      mount,
      isPrimary: false,
      createdAt: command.now,
    };
    if (await accounts.claim(gate)) await accounts.removeIdentifier(gate);
  }
};

/** Takes an address that has just been proven from every account that only claimed it. */
const takeFromUnproven = async (
  stores: Stores,
  email: ParsedIdentifier,
  now: Instant,
  origin: Origin,
): Promise<void> => {
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

const refuseProvenElsewhere = async (stores: Stores, email: ParsedIdentifier): Promise<void> => {
  const held = await stores.accounts.heldLiveKeys([realmWideKey("email", email.normalizedValue)]);
  if (held.size > 0) throw new Refusal("identifier-taken", { kind: "email" });
};
