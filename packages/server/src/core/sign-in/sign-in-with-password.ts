import type { SignInCandidate } from "../accounts/account-store.js";
import { mayAct } from "../accounts/account.js";
import { parseEmail } from "../identities/email.js";
import { emailKeys } from "../identities/identifier.js";
import type { Instant } from "../ids.js";
import { attemptSubject } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, PasswordHasher, PasswordVerdict, Random, Secrets, Stores, Tokens, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { openSession, type OpenedSession } from "../sessions/open-session.js";

export interface SignInNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly passwords: PasswordHasher;
  readonly tokens: Tokens;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface SignInCommand {
  readonly email: string;
  readonly password: string;
  readonly rotate: boolean;
  readonly origin: Origin;
}

/**
 * Signs an account in by e-mail and password. The try is counted before it is evaluated and given back when it was right.
 * Every way to fail takes the same steps – one look-up, one counted try, one hash, one audit event – so that time tells nothing:
 * an unknown e-mail has a budget and a hash of its own kind, a locked one is hashed against nothing.
 */
export const signInWithPassword = async (needs: SignInNeeds, command: SignInCommand): Promise<OpenedSession> => {
  const now = needs.clock.now();
  needs.passwords.assertRoom();
  // What cannot be an address is looked up all the same, as a text that every database takes: PostgreSQL refuses NUL.
  const email =
    parseEmail(command.email)?.normalizedValue ?? needs.secrets.digest("attempt-subject", command.email.trim());
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
    await needs.stores.audit.append({
      at: now,
      kind: "sign-in-refused",
      accountId: candidate?.account.id,
      origin: command.origin,
      details: { reason: refusal?.code ?? "identifier-unknown" },
    });
    throw refusal ?? new Refusal("identifier-unknown", { kind: "email" });
  }
  const upgradedHash = verdict.isOutdated ? await rehash(needs.passwords, command.password) : undefined;
  const opening = openSession(needs, {
    account: candidate.account,
    rotates: command.rotate || needs.policy.tokens.rotation === "always",
    origin: command.origin,
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
  });
  try {
    return await opening;
  } catch (error) {
    if (!Refusal.is(error, "account-changed")) throw error;
    // The answer was right for the account as it was: nothing was guessed.
    await needs.stores.attempts.withdraw(subject);
    await needs.stores.audit.append({
      at: now,
      kind: "sign-in-refused",
      accountId: candidate.account.id,
      origin: command.origin,
      details: { reason: error.code },
    });
    throw error;
  }
};

/** The subject whose budget gave a try, or `undefined` when the identity is locked. */
const takeTry = async (
  needs: SignInNeeds,
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
  needs: SignInNeeds,
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
