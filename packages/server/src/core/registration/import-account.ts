import type { ParsedIdentifier } from "../identities/email.js";
import { mountKey, realmWideKey } from "../identities/identifier.js";
import { type AccountId, type Instant, newAccountId, newIdentifierId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Random, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { claimProvenEmail } from "./claim-proven-email.js";
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
  /** For a proven address: what is said to have made it, which need be no mount. */
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
  return needs.transaction(async (stores) => {
    await stores.accounts.insert(account);
    const claim = async (kind: "username" | "email", value: ParsedIdentifier, liveKey: string): Promise<void> => {
      const isClaimed = await stores.accounts.claim({
        ...value,
        kind,
        liveKey,
        id: newIdentifierId(needs.random, now),
        accountId: account.id,
        provenAt: undefined,
        mount,
        isPrimary: true,
        createdAt: now,
      });
      if (!isClaimed) throw new Refusal("identifier-taken", { kind });
    };
    if (username !== undefined) await claim("username", username, realmWideKey("username", username.normalizedValue));
    if (command.emailProof === "unproven") {
      await claim("email", email, mountKey("email", mount, email.normalizedValue));
      await refuseProvenElsewhere(stores, email);
    } else {
      if (!(await claimProvenEmail(needs, stores, { ...command, accountId: account.id, now })))
        throw new Refusal("identifier-taken", { kind: "email" });
      await stores.pendingRegistrations.removeAll(email.normalizedValue);
    }
    if (command.passwordHash !== undefined) await stores.passwords.set(account.id, command.passwordHash, now);
    await stores.audit.append({ at: now, kind: "account-imported", accountId: account.id, origin, details: {} });
    return account.id;
  });
};

const refuseProvenElsewhere = async ({ accounts }: Stores, email: ParsedIdentifier): Promise<void> => {
  const held = await accounts.heldLiveKeys([realmWideKey("email", email.normalizedValue)]);
  if (held.size > 0) throw new Refusal("identifier-taken", { kind: "email" });
};
