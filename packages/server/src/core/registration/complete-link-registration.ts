import type { ParsedIdentifier } from "../identities/email.js";
import { realmWideKey } from "../identities/identifier.js";
import { type AccountId, type Instant, newAccountId, newIdentifierId } from "../ids.js";
import type { Origin } from "../origin.js";
import { newMessage, noticeLivesIn } from "../outbox/write-letter.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Random, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { claimProvenEmail } from "./claim-proven-email.js";
import type { PendingRegistration } from "./pending-registration.js";
import { newAccount } from "./register-account.js";

export interface FindLinkNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly policy: Pick<MountPolicy, "mount">;
}

export interface CompleteLinkNeeds extends FindLinkNeeds {
  readonly random: Random;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

/** Whether a registration's link still works on this mount; spends nothing, so that a mail scanner's GET completes no registration. */
export const isRegistrationLinkLive = async (needs: FindLinkNeeds, token: string): Promise<boolean> =>
  (await findByLink(needs, token, needs.clock.now())) !== undefined;

/** Somebody has taken the user name since the link was sent. */
class UsernameTaken extends Error {}

/**
 * Makes the account whose address the link proves, and signs nobody in. Refuses with `link-invalid`, and then nothing is half done; when
 * the user name has been taken since, the owner of the address is told so by letter, and the link is over.
 */
export const completeLinkRegistration = async (
  needs: CompleteLinkNeeds,
  command: { readonly token: string; readonly origin: Origin },
): Promise<AccountId> => {
  const { origin } = command;
  const now = needs.clock.now();
  const pending = await findByLink(needs, command.token, now);
  if (pending?.username === undefined || pending.passwordHash === undefined) throw linkInvalid();
  const { username, passwordHash } = pending;
  try {
    return await needs.transaction((stores) =>
      makeAccount(needs, stores, { pending, username, passwordHash, origin, now }),
    );
  } catch (error) {
    if (!(error instanceof UsernameTaken)) throw error;
    await needs.transaction((stores) => giveUp(needs, stores, { pending, now }));
    throw linkInvalid(error);
  }
};

const linkInvalid = (cause?: unknown): Refusal => new Refusal("link-invalid", { purpose: "registration" }, { cause });

const findByLink = async (
  { fingerprint, stores, policy }: FindLinkNeeds,
  token: string,
  now: Instant,
): Promise<PendingRegistration | undefined> => {
  const pending = await stores.pendingRegistrations.findByLink(fingerprint(token), now);
  return pending === undefined || pending.isDecoy || pending.mount !== policy.mount ? undefined : pending;
};

interface Making {
  readonly pending: PendingRegistration;
  readonly username: ParsedIdentifier;
  readonly passwordHash: string;
  readonly origin: Origin;
  readonly now: Instant;
}

const makeAccount = async (
  needs: CompleteLinkNeeds,
  stores: Stores,
  { pending, username, passwordHash, origin, now }: Making,
): Promise<AccountId> => {
  const { email, language } = pending;
  const { mount, mounts } = needs.policy;
  const accountId = newAccountId(needs.random, now);
  await stores.accounts.insert(newAccount(accountId, language, now));
  const isNamed = await stores.accounts.claim({
    ...username,
    id: newIdentifierId(needs.random, now),
    accountId,
    kind: "username",
    provenAt: undefined,
    mount,
    isPrimary: true,
    liveKey: realmWideKey("username", username.normalizedValue),
    createdAt: now,
  });
  if (!isNamed) throw new UsernameTaken();
  if (!(await claimProvenEmail(needs, stores, { accountId, email, mount, mounts, origin, now }))) throw linkInvalid();
  if (!(await stores.pendingRegistrations.consume(pending, now))) throw linkInvalid();
  await stores.pendingRegistrations.removeAll(email.normalizedValue);
  await stores.passwords.set(accountId, passwordHash, now);
  await stores.audit.append({ at: now, kind: "account-registered", accountId, origin, details: {} });
  return accountId;
};

const giveUp = async (
  needs: CompleteLinkNeeds,
  { pendingRegistrations, outbox }: Stores,
  { pending, now }: Pick<Making, "pending" | "now">,
): Promise<void> => {
  if (!(await pendingRegistrations.consume(pending, now))) return;
  await outbox.append(
    newMessage(needs, {
      channel: "mail",
      to: pending.email.displayValue,
      language: pending.language,
      letter: { kind: "username-taken" },
      accountId: undefined,
      fate: "send",
      now,
      livesIn: noticeLivesIn,
    }),
  );
};
