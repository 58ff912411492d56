import type { ParsedIdentifier } from "../identities/email.js";
import { realmWideKey } from "../identities/identifier.js";
import { type AccountId, type ApiKeyId, type Instant, newAccountId, newIdentifierId } from "../ids.js";
import type { Origin } from "../origin.js";
import { checkPassword } from "../passwords/password-policy.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, CommonPasswords, PasswordHasher, Random, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { claimProvenEmail } from "../registration/claim-proven-email.js";
import { newAccount } from "../registration/register-account.js";
import { type AccountView, getAccountView } from "./account-view.js";
import type { ProfileChange } from "./profile-store.js";

export interface CreateUserNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly transaction: Transaction;
  readonly policy: Pick<MountPolicy, "mount" | "mounts" | "passwords">;
}

/** A user whom a tenant's server makes. It vouches for his addresses: they count as proven. */
export interface CreateUserCommand {
  /** The first of each is the primary one; none stands twice. */
  readonly phones: readonly ParsedIdentifier[];
  readonly emails: readonly ParsedIdentifier[];
  readonly loginName: ParsedIdentifier | undefined;
  readonly profile: ProfileChange;
  readonly language: string;
  /** `undefined`: he signs in by code until he sets one. */
  readonly password: string | undefined;
  /** Whose key signed the request. */
  readonly keyId: ApiKeyId;
  readonly origin: Origin;
}

/** Makes the user, or nothing: refuses with `password-unacceptable` and `identifier-taken`, also between two at once. */
export const createUser = async (needs: CreateUserNeeds, command: CreateUserCommand): Promise<AccountView> => {
  const passwordHash = command.password === undefined ? undefined : await hashOf(needs, command, command.password);
  const now = needs.clock.now();
  const account = newAccount(newAccountId(needs.random, now), command.language, now);
  const { profile, keyId, origin } = command;
  return needs.transaction(async (stores) => {
    await stores.accounts.insert(account);
    await claimNames(needs, stores, { ...command, accountId: account.id, now });
    await stores.profiles.change(account.id, profile);
    if (passwordHash !== undefined) await stores.passwords.set(account.id, passwordHash, now);
    await stores.audit.append({ at: now, kind: "account-created", accountId: account.id, origin, details: { keyId } });
    return getAccountView(stores, account.id);
  });
};

const hashOf = async (needs: CreateUserNeeds, { emails }: CreateUserCommand, password: string): Promise<string> => {
  const email = emails[0]?.normalizedValue;
  const context = email === undefined ? {} : { email };
  const failures = checkPassword(needs.policy.passwords, password, context, needs.commonPasswords);
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  return needs.passwords.hash(password);
};

interface Claims extends CreateUserCommand {
  readonly accountId: AccountId;
  readonly now: Instant;
}

/** Of several that are taken, the first in this order is told. */
const claimNames = async (needs: CreateUserNeeds, stores: Stores, command: Claims): Promise<void> => {
  const { loginName, phones, emails } = command;
  if (loginName !== undefined) await claim(needs, stores, { ...command, kind: "username", value: loginName });
  for (const [at, value] of phones.entries())
    await claim(needs, stores, { ...command, kind: "phone", value, isPrimary: at === 0 });
  const { mount, mounts } = needs.policy;
  for (const [at, email] of emails.entries()) {
    if (!(await claimProvenEmail(needs, stores, { ...command, email, mount, mounts, isPrimary: at === 0 })))
      throw new Refusal("identifier-taken", { kind: "email" });
  }
  for (const { normalizedValue } of emails) await stores.pendingRegistrations.removeAll(normalizedValue);
};

interface Claim extends Pick<Claims, "accountId" | "now"> {
  readonly kind: "username" | "phone";
  readonly value: ParsedIdentifier;
  readonly isPrimary?: boolean;
}

const claim = async (
  needs: CreateUserNeeds,
  { accounts }: Stores,
  { accountId, now, kind, value, isPrimary = true }: Claim,
): Promise<void> => {
  const isClaimed = await accounts.claim({
    ...value,
    kind,
    liveKey: realmWideKey(kind, value.normalizedValue),
    id: newIdentifierId(needs.random, now),
    accountId,
    provenAt: kind === "phone" ? now : undefined,
    mount: needs.policy.mount,
    isPrimary,
    createdAt: now,
  });
  if (!isClaimed) throw new Refusal("identifier-taken", { kind });
};
