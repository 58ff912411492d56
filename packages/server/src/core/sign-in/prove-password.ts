import type { SignInCandidate } from "../accounts/account-store.js";
import { type Account, mayAct } from "../accounts/account.js";
import type { AuditEvent } from "../audit/audit-trail.js";
import { evaluatePassword, keepPasswordProof, type PasswordOwner, takePasswordTry } from "../factors/prove-password.js";
import { comparableEmail } from "../identities/find-proven-holder.js";
import { emailKeys } from "../identities/identifier.js";
import type { Instant } from "../ids.js";
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
 * an unknown e-mail has a budget and a hash of its own kind, a locked one is hashed against nothing. Whoever has switched a second
 * factor on is not let in by his password alone (OWASP ASVS 6.3.4): he signs in where he is asked for both.
 */
export const provePassword = async <T>(
  needs: ProvePasswordNeeds,
  command: ProvePasswordCommand,
  complete: (proven: ProvenPassword) => Promise<T>,
): Promise<T> => {
  const { password, origin } = command;
  const now = needs.clock.now();
  needs.passwords.assertRoom();
  const email = comparableEmail(needs.secrets, command.email);
  const [candidate] = await needs.stores.accounts.findByLiveKeys(emailKeys(needs.policy.mount, email));
  const owner = ownerOf(candidate, email);
  const counted = await takePasswordTry(needs, { owner, budget: needs.policy.signIn.passwordBudget, origin, now });
  const { subject } = counted;
  const verdict = await evaluate(needs, { password, owner, subject });
  const refusal = judge(candidate, subject, verdict);
  if (refusal !== undefined || candidate === undefined || subject === undefined) {
    const told = refusal ?? new Refusal("identifier-unknown", { kind: "email" });
    await auditRefused(needs, told, { at: now, accountId: candidate?.account.id, origin });
    throw told;
  }
  const { account } = candidate;
  const alongside = await keepPasswordProof(needs, {
    owner: { ...owner, accountId: account.id },
    counted: { ...counted, subject },
    password,
    verdict,
    origin,
    now,
  });
  try {
    return await complete({ account, now, alongside });
  } catch (error) {
    if (!Refusal.is(error, "account-changed")) throw error;
    // The answer was right for the account as it was: nothing was guessed.
    await needs.stores.attempts.withdraw(subject);
    await auditRefused(needs, error, { at: now, accountId: account.id, origin });
    throw error;
  }
};

const ownerOf = (candidate: SignInCandidate | undefined, email: string): PasswordOwner => ({
  identity: candidate?.account.id ?? `email:${email}`,
  accountId: candidate?.account.id,
  hash: candidate?.passwordHash,
  changedAt: candidate?.account.passwordChangedAt,
});

const evaluate = async (
  needs: ProvePasswordNeeds,
  command: { readonly password: string; readonly owner: PasswordOwner; readonly subject: string | undefined },
): Promise<PasswordVerdict> => {
  try {
    return await evaluatePassword(needs, command);
  } catch (error) {
    // Not evaluated, so not counted: a storm must not use up anybody's budget.
    if (command.subject !== undefined) await needs.stores.attempts.withdraw(command.subject);
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
  if (candidate.hasSecondFactor) return new Refusal("factor-missing", { factor: "code", accountId });
  return undefined;
};
