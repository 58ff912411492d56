import type { SignInCandidate } from "../accounts/account-store.js";
import { type Account, mayAct } from "../accounts/account.js";
import type { AuditEvent } from "../audit/audit-trail.js";
import { comparableEmail } from "../identities/find-proven-holder.js";
import { emailKeys } from "../identities/identifier.js";
import type { Instant } from "../ids.js";
import { attemptSubject } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, PasswordHasher, PasswordVerdict, Secrets, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";

export interface ProvePasswordNeeds {
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly passwords: PasswordHasher;
  readonly stores: Stores;
  readonly policy: Pick<MountPolicy, "mount" | "signIn">;
}

export interface ProvePasswordCommand {
  readonly email: string;
  readonly password: string;
  readonly origin: Origin;
}

/** A sign-in whose password was right. Whoever completes it refuses with `account-changed` when `recordSignIn` says so. */
export interface ProvenPassword {
  readonly account: Account;
  /** When the sign-in began. */
  readonly now: Instant;
  /** What has to be written in the transaction that completes it. */
  readonly alongside: (stores: Stores) => Promise<void>;
}

/**
 * Finds an account by its e-mail, evaluates its password, and has the sign-in completed when it was right. The try is counted before it is evaluated and given back when it was right.
 * Every way to fail takes the same steps – one look-up, one counted try, one hash, one audit event – so that time tells nothing:
 * an unknown e-mail has a budget and a hash of its own kind, a locked one is hashed against nothing.
 */
export const provePassword = async <T>(
  needs: ProvePasswordNeeds,
  command: ProvePasswordCommand,
  complete: (proven: ProvenPassword) => Promise<T>,
): Promise<T> => {
  const now = needs.clock.now();
  needs.passwords.assertRoom();
  const email = comparableEmail(needs.secrets, command.email);
  const [candidate] = await needs.stores.accounts.findByLiveKeys(emailKeys(needs.policy.mount, email));
  const identity = candidate === undefined ? `email:${email}` : candidate.account.id;
  // A device is known under one password: whoever knew the one before it has no tries beyond the budget left.
  const passwordChangedAt = candidate?.account.passwordChangedAt ?? 0;
  const device = needs.secrets.digest(
    "known-device",
    `${identity} ${passwordChangedAt} ${command.origin.address} ${command.origin.userAgent}`,
  );
  const subject = await takeTry(needs, identity, device, now);
  const verdict = await evaluate(needs, command.password, subject, candidate);
  const refusal = judge(candidate, subject, verdict);
  if (refusal !== undefined || candidate === undefined || subject === undefined) {
    const told = refusal ?? new Refusal("identifier-unknown", { kind: "email" });
    await auditRefused(needs, told, { at: now, accountId: candidate?.account.id, origin: command.origin });
    throw told;
  }
  const upgradedHash = verdict.isOutdated ? await rehash(needs.passwords, command.password) : undefined;
  const proven: ProvenPassword = {
    account: candidate.account,
    now,
    alongside: async (stores) => {
      await stores.attempts.succeed(subject);
      // Let in by a known device: failures before and after it are not consecutive.
      const ofAll = attemptSubject(needs.secrets, "password", identity);
      if (subject !== ofAll) await stores.attempts.endRow(ofAll);
      await stores.knownDevices.remember(candidate.account.id, device, now);
      if (upgradedHash === undefined || candidate.passwordHash === undefined) return;
      if (!(await stores.passwords.upgrade(candidate.account.id, candidate.passwordHash, upgradedHash))) return;
      const { id: accountId } = candidate.account;
      await stores.audit.append({ at: now, kind: "password-upgraded", accountId, origin: command.origin, details: {} });
    },
  };
  try {
    return await complete(proven);
  } catch (error) {
    if (!Refusal.is(error, "account-changed")) throw error;
    // The answer was right for the account as it was: nothing was guessed.
    await needs.stores.attempts.withdraw(subject);
    await auditRefused(needs, error, { at: now, accountId: candidate.account.id, origin: command.origin });
    throw error;
  }
};

const auditRefused = async (
  { stores }: ProvePasswordNeeds,
  { code }: Refusal,
  event: Pick<AuditEvent, "at" | "accountId" | "origin">,
): Promise<void> => {
  await stores.audit.append({ ...event, kind: "sign-in-refused", details: { reason: code } });
};

/** The subject whose budget gave a try, or `undefined` when the identity is locked. */
const takeTry = async (
  needs: ProvePasswordNeeds,
  identity: string,
  device: string,
  now: Instant,
): Promise<string | undefined> => {
  const { signIn } = needs.policy;
  const subject = attemptSubject(needs.secrets, "password", identity);
  if (await needs.stores.attempts.take(subject, signIn.passwordBudget, now)) return subject;
  // Whoever locks an owner out must not lock out the device on which the owner signed in lately.
  if (!(await needs.stores.knownDevices.isKnown(identity, device, now - signIn.deviceKnownIn))) return undefined;
  const deviceSubject = attemptSubject(needs.secrets, "password", `${identity} ${device}`);
  return (await needs.stores.attempts.take(deviceSubject, signIn.knownDeviceBudget, now)) ? deviceSubject : undefined;
};

const evaluate = async (
  needs: ProvePasswordNeeds,
  password: string,
  subject: string | undefined,
  candidate: SignInCandidate | undefined,
): Promise<PasswordVerdict> => {
  try {
    if (subject === undefined || candidate?.passwordHash === undefined)
      return await needs.passwords.verifyNothing(password);
    return await needs.passwords.verify(password, candidate.passwordHash);
  } catch (error) {
    // Not evaluated, so not counted: a storm must not use up anybody's budget.
    if (subject !== undefined) await needs.stores.attempts.withdraw(subject);
    throw error;
  }
};

const judge = (
  candidate: SignInCandidate | undefined,
  subject: string | undefined,
  verdict: PasswordVerdict,
): Refusal | undefined => {
  if (subject === undefined) {
    const who = candidate === undefined ? {} : { accountId: candidate.account.id };
    return new Refusal("factor-locked", { factor: "password", ...who });
  }
  if (candidate === undefined) return new Refusal("identifier-unknown", { kind: "email" });
  const accountId = candidate.account.id;
  if (candidate.passwordHash === undefined) return new Refusal("factor-missing", { factor: "password", accountId });
  if (!verdict.isRight) return new Refusal("factor-wrong", { factor: "password", accountId });
  if (!mayAct(candidate.account))
    return new Refusal("account-inactive", { status: candidate.account.status, accountId });
  return undefined;
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
