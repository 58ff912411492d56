import type { SignInCandidate } from "../accounts/account-store.js";
import { drawCode } from "../factors/draw-code.js";
import { codeLivesIn } from "../factors/one-time-code.js";
import { isGuest } from "../guests/guest.js";
import type { ParsedIdentifier } from "../identities/email.js";
import { findProvenHolder } from "../identities/find-proven-holder.js";
import type { AccountId, Instant } from "../ids.js";
import { sendingLimited, sendingSubject } from "../limits/sending-subject.js";
import type { Origin } from "../origin.js";
import type { Letter, Message } from "../outbox/message.js";
import { newMessage, noticeLivesIn } from "../outbox/write-letter.js";
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
import { Refusal } from "../refusal.js";
import { authenticateKey } from "../sessions/authenticate-key.js";
import { checkRegistration } from "./check-registration.js";
import { type PendingRegistration, registrationWaitsIn } from "./pending-registration.js";

export interface StartRegistrationNeeds {
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

export interface StartRegistrationCommand {
  readonly email: ParsedIdentifier;
  readonly fullname: string;
  readonly language: string;
  /** Absent: the account will have none, until its owner sets one by a recovery code. */
  readonly password?: string | undefined;
  /** The key of the guest that is to become the account. Any other account's key means nothing here. */
  readonly guestKey?: string | undefined;
  readonly origin: Origin;
}

/**
 * Keeps a registration and mails its code; nothing is an account yet. The same registration again within the pause between two mails
 * answers as before and mails nothing. A hardened mount takes the same steps for an address that is taken: it keeps a decoy, which
 * nothing completes, and its owner gets a letter.
 */
export const startRegistration = async (
  needs: StartRegistrationNeeds,
  command: StartRegistrationCommand,
): Promise<void> => {
  if (command.password !== undefined) needs.passwords.assertRoom();
  const guestId = command.guestKey === undefined ? undefined : await findGuest(needs, command.guestKey);
  await refuseFaulty(needs, command);
  const passwordHash = command.password === undefined ? undefined : await needs.passwords.hash(command.password);
  const now = needs.clock.now();
  const pending = pendingOf(needs, command, { passwordHash, guestId, now });
  const earlier = await needs.transaction((stores) => keepAndMail(needs, stores, { ...command, pending }));
  if (earlier === undefined) return;
  const isRepeated = isSentAgain(pending, earlier.pending, needs.policy.codes.sending.pauseIn);
  if (!isRepeated || !(await hasSamePassword(needs, command.password, earlier.pending)))
    throw sendingLimited(earlier.waitIn);
};

const findGuest = async (needs: StartRegistrationNeeds, key: string): Promise<AccountId | undefined> => {
  const { account, identifiers } = await authenticateKey(needs, key);
  return isGuest(identifiers) ? account.id : undefined;
};

const refuseFaulty = async (needs: StartRegistrationNeeds, command: StartRegistrationCommand): Promise<void> => {
  const { isEmailTaken, passwordFailures } = await checkRegistration(needs, command);
  if (isEmailTaken) await refuseTaken(needs, command);
  if (passwordFailures.length > 0) throw new Refusal("password-unacceptable", { failures: passwordFailures });
};

const refuseTaken = async (needs: StartRegistrationNeeds, { origin }: StartRegistrationCommand): Promise<never> => {
  await needs.stores.audit.append({
    at: needs.clock.now(),
    kind: "registration-refused",
    accountId: undefined,
    origin,
    details: { reason: "identifier-taken" },
  });
  throw new Refusal("identifier-taken", { kind: "email" });
};

const pendingOf = (
  { secrets, policy }: StartRegistrationNeeds,
  { email, fullname, language }: StartRegistrationCommand,
  made: Pick<PendingRegistration, "passwordHash" | "guestId"> & { readonly now: Instant },
): PendingRegistration => {
  const { passwordHash, guestId, now } = made;
  const sent = [email.normalizedValue, fullname, language, guestId ?? "", passwordHash === undefined];
  return {
    mount: policy.mount,
    email,
    username: undefined,
    fullname,
    language,
    passwordHash,
    guestId,
    linkHash: undefined,
    isDecoy: false,
    sentDigest: secrets.digest("registration", JSON.stringify(sent)),
    createdAt: now,
    expiresAt: now + registrationWaitsIn,
  };
};

interface Earlier {
  readonly pending: PendingRegistration | undefined;
  readonly waitIn: number;
}

/** `undefined` when it was kept; when the address may not be written to yet, nothing was, and what waits for it already is told. */
const keepAndMail = async (
  needs: StartRegistrationNeeds,
  stores: Stores,
  { pending, origin }: Pick<StartRegistrationCommand, "origin"> & { readonly pending: PendingRegistration },
): Promise<Earlier | undefined> => {
  const { mount, email, guestId, createdAt: now } = pending;
  const address = sendingSubject(needs.secrets, email.normalizedValue);
  const waitIn = await stores.sendings.take(address, needs.policy.codes.sending, now);
  if (waitIn !== undefined)
    return { waitIn, pending: await stores.pendingRegistrations.find(mount, email.normalizedValue, now) };
  const holder = await findProvenHolder(stores, email.normalizedValue);
  if (holder !== undefined && needs.policy.profile === "contract")
    throw new Refusal("identifier-taken", { kind: "email" });
  const isDecoy = holder !== undefined;
  const { code, kept } = drawCode(needs, {
    purpose: "registration",
    owner: email.normalizedValue,
    accountId: undefined,
    fits: isDecoy ? "decoy" : "code",
    now,
  });
  await stores.pendingRegistrations.replace({ ...pending, isDecoy });
  await stores.codes.replace(kept);
  await stores.outbox.append(registrationMessage(needs, { pending, code, holder, now }));
  const details = { isDecoy };
  await stores.audit.append({ at: now, kind: "registration-started", accountId: guestId, origin, details });
  return undefined;
};

/** The code to a free address; to the owner of a taken one, at the address that is kept, that somebody tried. */
export const registrationMessage = (
  needs: { readonly random: Random },
  about: {
    readonly pending: PendingRegistration;
    readonly code: string;
    readonly holder: SignInCandidate | undefined;
    readonly now: Instant;
  },
): Message => {
  const { pending, code, holder, now } = about;
  const letter: Letter =
    holder === undefined ? { kind: "registration-code", code, expiresIn: codeLivesIn } : { kind: "already-registered" };
  return newMessage(needs, {
    channel: "mail",
    to: holder?.identifier.displayValue ?? pending.email.displayValue,
    language: holder?.account.language ?? pending.language,
    letter,
    accountId: holder?.account.id,
    fate: "send",
    now,
    livesIn: holder === undefined ? codeLivesIn : noticeLivesIn,
  });
};

const isSentAgain = (
  pending: PendingRegistration,
  earlier: PendingRegistration | undefined,
  pauseIn: number,
): earlier is PendingRegistration =>
  earlier !== undefined && earlier.sentDigest === pending.sentDigest && pending.createdAt - earlier.createdAt < pauseIn;

const hasSamePassword = async (
  { passwords }: StartRegistrationNeeds,
  password: string | undefined,
  earlier: PendingRegistration | undefined,
): Promise<boolean> => {
  if (password === undefined || earlier?.passwordHash === undefined) return password === undefined;
  return (await passwords.verify(password, earlier.passwordHash)).isRight;
};
