import type { AccountId, Instant } from "../ids.js";
import type { AttemptBudget } from "../limits/attempt-budget.js";
import { attemptSubject } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { PasswordHasher, PasswordVerdict, Secrets, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";

export interface PasswordTryNeeds {
  readonly secrets: Secrets;
  readonly passwords: PasswordHasher;
  readonly stores: Pick<Stores, "attempts" | "knownDevices">;
  readonly policy: Pick<MountPolicy, "signIn">;
}

/** Whose password is asked for, as it was read. */
export interface PasswordOwner {
  /** Whose tries are counted: the account's id, or what was asked for. */
  readonly identity: string;
  readonly accountId: AccountId | undefined;
  readonly hash: string | undefined;
  readonly changedAt: Instant | undefined;
}

export interface PasswordTry {
  /** Whose budget gave it; `undefined`: the identity is locked, and what follows is hashed against nothing. */
  readonly subject: string | undefined;
  /** From which the owner was asked; `isKnown` where its own budget gave the try. */
  readonly device: string;
  readonly isKnown: boolean;
}

/** Counts a try before the password is evaluated: in the identity's one row, else in that of a device on which the owner signed in lately. */
export const takePasswordTry = async (
  { secrets, stores, policy: { signIn } }: PasswordTryNeeds,
  command: {
    readonly owner: PasswordOwner;
    readonly budget: AttemptBudget;
    readonly origin: Origin;
    readonly now: Instant;
  },
): Promise<PasswordTry> => {
  const { owner, budget, origin, now } = command;
  const { identity } = owner;
  // A device is known under one password: whoever knew the one before it has no tries beyond the budget left.
  const device = secrets.digest(
    "known-device",
    `${identity} ${owner.changedAt ?? 0} ${origin.address} ${origin.userAgent}`,
  );
  const subject = attemptSubject(secrets, "password", identity);
  if (await stores.attempts.take(subject, budget, now)) return { subject, device, isKnown: false };
  // Whoever locks an owner out must not lock out the device on which the owner signed in lately.
  const locked: PasswordTry = { subject: undefined, device, isKnown: false };
  if (!(await stores.knownDevices.isKnown(identity, device, now - signIn.deviceKnownIn))) return locked;
  const ofDevice = attemptSubject(secrets, "password", `${identity} ${device}`);
  const isGiven = await stores.attempts.take(ofDevice, signIn.knownDeviceBudget, now);
  return isGiven ? { subject: ofDevice, device, isKnown: true } : locked;
};

/** One hash, whatever there is to compare. */
export const evaluatePassword = (
  { passwords }: Pick<PasswordTryNeeds, "passwords">,
  {
    password,
    owner,
    subject,
  }: { readonly password: string; readonly owner: PasswordOwner } & Pick<PasswordTry, "subject">,
): Promise<PasswordVerdict> =>
  subject === undefined || owner.hash === undefined
    ? passwords.verifyNothing(password)
    : passwords.verify(password, owner.hash);

/** What has to be written in the transaction that goes on after a right password. */
export const keepPasswordProof = async (
  { secrets, passwords }: PasswordTryNeeds,
  proof: {
    readonly owner: PasswordOwner & { readonly accountId: AccountId };
    readonly counted: PasswordTry & { readonly subject: string };
    readonly password: string;
    readonly verdict: PasswordVerdict;
    readonly origin: Origin;
    readonly now: Instant;
  },
): Promise<(stores: Stores) => Promise<void>> => {
  const { owner, counted, verdict, origin, now } = proof;
  const { accountId, hash } = owner;
  const upgradedHash = verdict.isOutdated ? await rehash(passwords, proof.password) : undefined;
  return async (stores) => {
    await stores.attempts.succeed(counted.subject);
    // Let in by a known device: failures before and after it are not consecutive.
    if (counted.isKnown) await stores.attempts.endRow(attemptSubject(secrets, "password", owner.identity));
    await stores.knownDevices.remember(accountId, counted.device, now);
    if (upgradedHash === undefined || hash === undefined) return;
    if (!(await stores.passwords.upgrade(accountId, hash, upgradedHash))) return;
    await stores.audit.append({ at: now, kind: "password-upgraded", accountId, origin, details: {} });
  };
};

/** An upgrade waits for a quieter moment when the pool is full. */
const rehash = async (passwords: PasswordHasher, password: string): Promise<string | undefined> => {
  try {
    return await passwords.hash(password);
  } catch (error) {
    if (Refusal.is(error, "overloaded")) return undefined;
    throw error;
  }
};
