import type { SignInCandidate } from "../accounts/account-store.js";
import type { ParsedIdentifier } from "../identities/email.js";
import { realmWideKey } from "../identities/identifier.js";
import { sendingSubject } from "../limits/sending-subject.js";
import type { Origin } from "../origin.js";
import type { Letter, Message } from "../outbox/message.js";
import { newMessage, noticeLivesIn } from "../outbox/write-letter.js";
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
import { Refusal } from "../refusal.js";
import { type PendingRegistration, registrationLinkLivesIn } from "./pending-registration.js";

export interface StartLinkNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
}

export interface StartLinkCommand {
  readonly username: ParsedIdentifier;
  readonly email: ParsedIdentifier;
  readonly password: string;
  readonly language: string;
  /** The address of the page that a token completes the registration by. */
  readonly linkTo: (token: string) => string;
  readonly origin: Origin;
}

/**
 * Keeps a registration and mails its link; nothing is an account yet. Only a weak password is refused. Whether the user name or the
 * address is free is told to nobody but the address's owner, by letter: every case takes the same steps and one hash. An address that
 * may not be written to yet gets nothing, and nothing is kept.
 */
export const startLinkRegistration = async (needs: StartLinkNeeds, command: StartLinkCommand): Promise<void> => {
  const { email, username, language, origin } = command;
  const { secrets, policy } = needs;
  const context = { email: email.normalizedValue };
  const failures = checkPassword(policy.passwords, command.password, context, needs.commonPasswords);
  if (failures.length > 0) throw new Refusal("password-unacceptable", { failures });
  const passwordHash = await needs.passwords.hash(command.password);
  const token = needs.random.token(256);
  const now = needs.clock.now();
  const pending: Omit<PendingRegistration, "isDecoy"> = {
    mount: policy.mount,
    email,
    username,
    fullname: undefined,
    language,
    passwordHash,
    guestId: undefined,
    linkHash: needs.fingerprint(token),
    sentDigest: secrets.digest(
      "registration",
      JSON.stringify([email.normalizedValue, username.normalizedValue, language]),
    ),
    createdAt: now,
    expiresAt: now + registrationLinkLivesIn,
  };
  await needs.transaction(async (stores) => {
    const address = sendingSubject(secrets, email.normalizedValue);
    const isLimited = (await stores.sendings.take(address, policy.codes.sending, now)) !== undefined;
    if (!isLimited) {
      const holders = await findHolders(stores, pending);
      await stores.pendingRegistrations.replace({ ...pending, isDecoy: holders.isTaken });
      await stores.outbox.append(linkMessage(needs, { pending, holders, link: command.linkTo(token) }));
    }
    const details = { isLimited };
    await stores.audit.append({ at: now, kind: "registration-started", accountId: undefined, origin, details });
  });
};

interface Holders {
  readonly ofEmail: SignInCandidate | undefined;
  readonly isTaken: boolean;
}

const findHolders = async (
  { accounts }: Stores,
  { email, username }: Pick<PendingRegistration, "email" | "username">,
): Promise<Holders> => {
  const emailKey = realmWideKey("email", email.normalizedValue);
  const usernameKey = realmWideKey("username", username?.normalizedValue ?? "");
  const holders = await accounts.findByLiveKeys([emailKey, usernameKey]);
  return {
    ofEmail: holders.find(({ identifier }) => identifier.liveKey === emailKey),
    isTaken: holders.length > 0,
  };
};

/** To the owner of a taken address, at the address that is kept; else to the address itself: the link, or that the name is taken. */
const linkMessage = (
  needs: { readonly random: Random },
  about: { readonly pending: Omit<PendingRegistration, "isDecoy">; readonly holders: Holders; readonly link: string },
): Message => {
  const { pending, holders, link } = about;
  const owner = holders.ofEmail;
  const letter: Letter =
    owner !== undefined
      ? { kind: "already-registered" }
      : holders.isTaken
        ? { kind: "username-taken" }
        : { kind: "registration-link", link, expiresIn: registrationLinkLivesIn };
  return newMessage(needs, {
    channel: "mail",
    to: owner?.identifier.displayValue ?? pending.email.displayValue,
    language: owner?.account.language ?? pending.language,
    letter,
    accountId: owner?.account.id,
    fate: "send",
    now: pending.createdAt,
    livesIn: holders.isTaken ? noticeLivesIn : registrationLinkLivesIn,
  });
};
