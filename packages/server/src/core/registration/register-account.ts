import type { AccountStore } from "../accounts/account-store.js";
import type { Account } from "../accounts/account.js";
import type { ParsedIdentifier } from "../identities/email.js";
import { emailKeys, mountKey, realmWideKey } from "../identities/identifier.js";
import { type AccountId, type Instant, newAccountId, newIdentifierId } from "../ids.js";
import type { Origin } from "../origin.js";
import { checkPassword } from "../passwords/password-policy.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, CommonPasswords, PasswordHasher, Random, Stores, Transaction } from "../ports.js";
import { type IdentifierKind, Refusal } from "../refusal.js";

export interface RegisterNeeds extends CreateNeeds {
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly stores: Stores;
}

export interface CreateNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly transaction: Transaction;
  readonly policy: Pick<MountPolicy, "mount" | "passwords">;
}

export interface Registration {
  readonly username: ParsedIdentifier;
  readonly email: ParsedIdentifier;
  readonly language: string;
  readonly origin: Origin;
}

/**
 * Makes an account whose e-mail is unproven: it signs in with its password on this mount and opens nothing else.
 * Refuses a weak password, then a taken username, then a taken e-mail, in this order, and also between two at once.
 */
export const registerAccount = async (
  needs: RegisterNeeds,
  command: Registration & { readonly password: string },
): Promise<AccountId> => {
  const failures = checkPassword(
    needs.policy.passwords,
    command.password,
    { email: command.email.normalizedValue },
    needs.commonPasswords,
  );
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  try {
    await refuseTaken(needs.stores.accounts, needs.policy.mount, command);
    const passwordHash = await needs.passwords.hash(command.password);
    return await createAccount(needs, { ...command, passwordHash });
  } catch (error) {
    if (Refusal.is(error, "identifier-taken")) await auditTaken(needs, command.origin, error.details.kind);
    throw error;
  }
};

/** Outside the transaction, which is rolled back. */
const auditTaken = (needs: RegisterNeeds, origin: Origin, kind: IdentifierKind): Promise<void> =>
  needs.stores.audit.append({
    at: needs.clock.now(),
    kind: "registration-refused",
    accountId: undefined,
    origin,
    details: { reason: "identifier-taken", kind },
  });

/** The part of a registration below the password hash: all or nothing, decided by the unique indexes. */
export const createAccount = (
  needs: CreateNeeds,
  command: Registration & { readonly passwordHash: string },
): Promise<AccountId> => {
  const now = needs.clock.now();
  const account = newAccount(newAccountId(needs.random, now), command.language, now);
  const username = { ...command.username, kind: "username", liveKey: usernameKey(command) } as const;
  const email = {
    ...command.email,
    kind: "email",
    liveKey: mountKey("email", needs.policy.mount, command.email.normalizedValue),
  } as const;
  return needs.transaction(async ({ accounts, passwords, audit }) => {
    await accounts.insert(account);
    for (const identifier of [username, email]) {
      const isClaimed = await accounts.claim({
        ...identifier,
        id: newIdentifierId(needs.random, now),
        accountId: account.id,
        provenAt: undefined,
        mount: needs.policy.mount,
        isPrimary: true,
        createdAt: now,
      });
      if (!isClaimed) throw new Refusal("identifier-taken", { kind: identifier.kind });
    }
    // The unproven key does not meet a proven holder's key in the index.
    await refuseTaken(accounts, needs.policy.mount, command, "email");
    await passwords.set(account.id, command.passwordHash, now);
    await audit.append({
      at: now,
      kind: "account-registered",
      accountId: account.id,
      origin: command.origin,
      details: {},
    });
    return account.id;
  });
};

const refuseTaken = async (
  accounts: AccountStore,
  mount: string,
  command: Registration,
  only?: "email",
): Promise<void> => {
  const [provenKey, unprovenKey] = emailKeys(mount, command.email.normalizedValue);
  const keys = only === "email" ? [provenKey] : [usernameKey(command), provenKey, unprovenKey];
  const held = await accounts.heldLiveKeys(keys);
  if (held.has(usernameKey(command))) throw new Refusal("identifier-taken", { kind: "username" });
  if (held.size > 0) throw new Refusal("identifier-taken", { kind: "email" });
};

const usernameKey = (command: Registration): string => realmWideKey("username", command.username.normalizedValue);

/** An active account that has not signed in yet. */
export const newAccount = (id: AccountId, language: string, at: Instant): Account => ({
  id,
  status: "active",
  statusReason: undefined,
  language,
  createdAt: at,
  lastSignInAt: undefined,
  passwordChangedAt: undefined,
  deletedAt: undefined,
});
