import { type AccountView, getAccountView } from "../accounts/account-view.js";
import { isGuest } from "../guests/guest.js";
import { type Instant, keySessionId } from "../ids.js";
import { attemptSubject } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import { passwordContextOf } from "../passwords/password-context.js";
import { checkPassword } from "../passwords/password-policy.js";
import type { MountPolicy } from "../policy.js";
import type {
  Clock,
  CommonPasswords,
  Fingerprint,
  PasswordHasher,
  Random,
  Secrets,
  Stores,
  Transaction,
} from "../ports.js";
import { Refusal, type Refusals } from "../refusal.js";
import { type IdentifiedKey, identifyKey, refuseUnlessActive } from "../sessions/authenticate-key.js";
import { replacePassword } from "./replace-password.js";

export interface ChangePasswordNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface ChangePasswordCommand {
  /** A caller's key, or the one that a recovery code gave. */
  readonly key: string;
  readonly password: string;
  readonly currentPassword?: string | undefined;
  readonly origin: Origin;
}

/** Milliseconds after a sign-in in which the password can be changed without the current one. */
const freshIn = 300_000;

/**
 * Sets a new password. Unless the key comes from a recovery code or a fresh sign-in, or the account has no password, the current one has
 * to be right, and its try is counted in the budget of sign-in. Every other key, code and link of the account dies, on every mount; the
 * recovery key is spent with the change, not by a password that is refused.
 */
export const changePassword = async (needs: ChangePasswordNeeds, command: ChangePasswordCommand): Promise<void> => {
  needs.passwords.assertRoom();
  const identified = await identifyKey(needs, command.key);
  const view = await viewOf(needs, identified);
  const accountId = view.account.id;
  if (isGuest(view.identifiers)) throw new Refusal("key-not-allowed", { reason: "guest", accountId });
  const failures = checkPassword(
    needs.policy.passwords,
    command.password,
    passwordContextOf(view),
    needs.commonPasswords,
  );
  const fault = await judgeCurrent(needs, identified, { view, currentPassword: command.currentPassword });
  if (fault !== undefined) {
    await recordRefused(needs, view, { origin: command.origin, reason: `current password ${fault}` });
    throw new Refusal("current-password-wrong", { reason: fault, failures, accountId });
  }
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  const hash = await needs.passwords.hash(command.password);
  const now = needs.clock.now();
  await needs.transaction(async (stores) => {
    const ended = await replacePassword(needs, stores, {
      ...view,
      hash,
      now,
      by: "password-changed",
      kept: identified.kind === "session" ? identified.session.id : undefined,
      spend: () => spendKey(stores, identified, now),
    });
    const details = { by: identified.kind, ended };
    await stores.audit.append({ at: now, kind: "password-changed", accountId, origin: command.origin, details });
  });
};

const viewOf = async (needs: ChangePasswordNeeds, identified: IdentifiedKey): Promise<AccountView> => {
  if (identified.kind === "session") return getAccountView(needs.stores, identified.account.id);
  const view = await getAccountView(needs.stores, identified.accountId);
  refuseUnlessActive(view, keySessionId(identified.keyHash));
  return view;
};

type CurrentFault = Refusals["current-password-wrong"]["reason"];

/** What is wrong with the current password where it counts; one that was told needlessly has to be right all the same. */
const judgeCurrent = async (
  needs: ChangePasswordNeeds,
  identified: IdentifiedKey,
  { view, currentPassword }: { readonly view: AccountView; readonly currentPassword: string | undefined },
): Promise<CurrentFault | undefined> => {
  const { account, identifiers } = view;
  if (identified.kind === "recovery" || account.passwordChangedAt === undefined) return undefined;
  const now = needs.clock.now();
  if (currentPassword === undefined) return now - identified.session.createdAt <= freshIn ? undefined : "absent";
  const budget = attemptSubject(needs.secrets, "password", account.id);
  if (!(await needs.stores.attempts.take(budget, needs.policy.signIn.passwordBudget, now))) return "locked";
  const liveKeys = identifiers.flatMap(({ liveKey }) => (liveKey === undefined ? [] : [liveKey]));
  try {
    const [candidate] = await needs.stores.accounts.findByLiveKeys(liveKeys);
    const hash = candidate?.passwordHash;
    if (hash === undefined || !(await needs.passwords.verify(currentPassword, hash)).isRight) return "wrong";
  } catch (error) {
    // Not evaluated, so not counted.
    await needs.stores.attempts.withdraw(budget);
    throw error;
  }
  await needs.stores.attempts.succeed(budget);
  return undefined;
};

const recordRefused = async (
  { clock, stores }: ChangePasswordNeeds,
  { account }: AccountView,
  { origin, reason }: { readonly origin: Origin; readonly reason: string },
): Promise<void> =>
  stores.audit.append({
    at: clock.now(),
    kind: "password-change-refused",
    accountId: account.id,
    origin,
    details: { reason },
  });

const spendKey = async ({ links, sessions }: Stores, identified: IdentifiedKey, now: Instant): Promise<void> => {
  if (identified.kind === "recovery") {
    const sessionId = keySessionId(identified.keyHash);
    if ((await links.consume(identified.keyHash, "recovery-key", now)) === undefined)
      throw new Refusal("session-ended", { sessionId, reason: "used" });
    return;
  }
  const { id: sessionId, refresh, accountId } = identified.session;
  if (!(await sessions.touch(sessionId, refresh.current, now)))
    throw new Refusal("session-ended", { sessionId, reason: "ended meanwhile", accountId });
};
