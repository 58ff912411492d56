import { type AccountView, getAccountView } from "../accounts/account-view.js";
import { codeHash, codeSubject } from "../factors/draw-code.js";
import { guessIdentity, isRefusedGuess, recordRefusedGuess, takeCodeTry } from "../factors/take-code-try.js";
import { comparableEmail, findProvenHolder } from "../identities/find-proven-holder.js";
import { type AccountId, type Instant, newAccountId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Random, Secrets, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { keySession } from "../sessions/open-key.js";
import { claimProvenEmail } from "./claim-proven-email.js";
import type { PendingRegistration } from "./pending-registration.js";
import { newAccount } from "./register-account.js";

export interface CompleteRegistrationNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface CompleteRegistrationCommand {
  readonly email: string;
  readonly code: string;
  readonly origin: Origin;
}

/** An account that has just been made, or that a guest has become, and a key of it. */
export interface CompletedRegistration {
  readonly key: string;
  readonly view: AccountView;
}

/**
 * Makes the account whose address the code proves; a guest becomes it and keeps its id. The guess is counted first, and only then is it
 * looked at what there was to guess. One transaction then decides all: the code and the registration are used up, the address and the
 * account are there, or nothing has happened.
 */
export const completeRegistration = async (
  needs: CompleteRegistrationNeeds,
  command: CompleteRegistrationCommand,
): Promise<CompletedRegistration> => {
  const { secrets, stores, policy } = needs;
  const { origin } = command;
  const now = needs.clock.now();
  const email = comparableEmail(secrets, command.email);
  const holder = await findProvenHolder(stores, email);
  const subject = codeSubject(needs, { purpose: "registration", owner: email });
  const identity = guessIdentity(holder?.account.id, email);
  const { outcome, giveBack } = await takeCodeTry(needs, { subject, identity, now });
  const pending = await stores.pendingRegistrations.find(policy.mount, email, now);
  try {
    if (pending === undefined) throw new Refusal("registration-unknown", { reason: "nothing pending" });
    if (outcome === "over" || outcome === "absent") throw new Refusal("code-expired", { purpose: "registration" });
    if (outcome === "spent") throw new Refusal("code-wrong", { purpose: "registration", wasEvaluated: false });
    return await needs.transaction(async (bound) => {
      if (!(await bound.codes.consume(subject, codeHash(needs, subject, command.code), now)))
        throw new Refusal("code-wrong", { purpose: "registration", wasEvaluated: true });
      await giveBack(bound);
      return makeAccount(needs, bound, { pending, origin, now });
    });
  } catch (error) {
    // Written outside the transaction, which the refusal has undone.
    if (isRefusedGuess(error)) await recordRefusedGuess(needs, error, { accountId: holder?.account.id, origin, now });
    throw error;
  }
};

interface Making {
  readonly pending: PendingRegistration;
  readonly origin: Origin;
  readonly now: Instant;
}

const makeAccount = async (
  needs: CompleteRegistrationNeeds,
  stores: Stores,
  { pending, origin, now }: Making,
): Promise<CompletedRegistration> => {
  const { email, fullname, passwordHash, guestId } = pending;
  const { mount, mounts } = needs.policy;
  const accountId = guestId ?? newAccountId(needs.random, now);
  if (guestId === undefined) {
    await stores.accounts.insert({ ...newAccount(accountId, pending.language, now), lastSignInAt: now });
  } else await upgradeGuest(stores, guestId, { pending, origin, now });
  if (!(await claimProvenEmail(needs, stores, { accountId, email, mount, mounts, origin, now })))
    throw new Refusal("registration-unknown", { reason: "somebody else has proven the address" });
  if (pending.isDecoy || !(await stores.pendingRegistrations.consume(pending, now)))
    throw new Refusal("registration-unknown", { reason: "completed or replaced meanwhile" });
  await stores.pendingRegistrations.removeAll(email.normalizedValue);
  if (guestId !== undefined) await stores.pendingRegistrations.removeOfGuest(guestId);
  await stores.profiles.change(accountId, { fullname: fullname ?? null });
  if (passwordHash !== undefined) await stores.passwords.set(accountId, passwordHash, now);
  const { key, session } = keySession(needs, { accountId, origin, now });
  await stores.sessions.insert(session);
  const kind = guestId === undefined ? "account-registered" : "guest-upgraded";
  await stores.audit.append({ at: now, kind, accountId, origin, details: { sessionId: session.id } });
  return { key, view: await getAccountView(stores, accountId) };
};

const upgradeGuest = async (stores: Stores, guestId: AccountId, { pending, now }: Making): Promise<void> => {
  // The account's row first, as a guest who comes takes it: he then sees that he is none any more, or his key ends here.
  const mayAct = await stores.accounts.recordSignIn({ id: guestId, passwordChangedAt: undefined }, now);
  if (!mayAct || !(await stores.guests.remove(guestId)))
    throw new Refusal("registration-unknown", { reason: "its guest is none any more" });
  const found = await stores.accounts.find(guestId);
  for (const identifier of found?.identifiers ?? []) {
    if (identifier.kind === "device") await stores.accounts.removeIdentifier(identifier);
  }
  await stores.sessions.endAll(guestId, now, "guest-upgraded");
  await stores.accounts.changeLanguage(guestId, pending.language);
};
