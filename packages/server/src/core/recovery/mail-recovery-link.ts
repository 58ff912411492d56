import { type AccountId, type ApiKeyId, type Instant, newAccountId } from "../ids.js";
import { sendingLimited, sendingSubject } from "../limits/sending-subject.js";
import type { Origin } from "../origin.js";
import { newMessage } from "../outbox/write-letter.js";
import type { Fingerprint, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { recordRefusedBeginning } from "../sign-in/begin-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { SentCode } from "../sign-in/pending-session.js";
import { takeNamedSending } from "../sign-in/send-session-code.js";

/** Milliseconds for which a mailed link begins a recovery. */
const recoveryLinkLivesIn = 3_600_000;

/** What is kept of a link's token. It names the API key: the link is good with no other. */
export const recoveryLinkHash = (
  { fingerprint }: { readonly fingerprint: Fingerprint },
  { clientId, token }: RecoveryLink,
): string => fingerprint(`recover ${clientId} ${token}`);

export interface RecoveryLink {
  /** The API key with which it was asked for, as the link names it. */
  readonly clientId: ApiKeyId | string;
  readonly token: string;
}

export interface MailLinkCommand {
  /** `undefined`: nobody's, or nobody who can be reached so. */
  readonly accountId: AccountId | undefined;
  readonly code: SentCode;
  readonly linkTo: (token: string) => string;
  readonly origin: Origin;
  readonly now: Instant;
}

/** Mails a link that begins a recovery; the account's older ones die. Refuses with `sending-limited`. Nobody's is drawn, kept and dropped. */
export const mailRecoveryLink = async (needs: FlowNeeds, command: MailLinkCommand): Promise<void> => {
  const { accountId, origin, now } = command;
  try {
    await needs.transaction(async (stores) => {
      await takeNamedSending(needs, stores, command);
      await mailLink(needs, stores, command);
      await stores.audit.append({ at: now, kind: "recovery-started", accountId, origin, details: { by: "link" } });
    });
  } catch (error) {
    if (Refusal.is(error, "sending-limited"))
      await recordRefusedBeginning(needs, error, { via: "recovery", accountId, origin, now });
    throw error;
  }
};

const mailLink = async (
  needs: FlowNeeds,
  stores: Stores,
  { accountId, code, linkTo, now }: MailLinkCommand,
): Promise<void> => {
  const token = needs.random.token(256);
  const subject = sendingSubject(needs.secrets, code.to.normalizedValue);
  const waitIn = await stores.sendings.take(subject, needs.policy.codes.sending, now);
  if (waitIn !== undefined && code.named === undefined) throw sendingLimited(waitIn);
  const isSent = code.fits === "code" && waitIn === undefined;
  await stores.links.replace({
    tokenHash: recoveryLinkHash(needs, { clientId: needs.apiKey.id, token }),
    purpose: "recover",
    accountId: isSent && accountId !== undefined ? accountId : newAccountId(needs.random, now),
    createdAt: now,
    expiresAt: now + recoveryLinkLivesIn,
  });
  await stores.outbox.append(
    newMessage(needs, {
      channel: "mail",
      to: code.to.displayValue,
      language: code.language,
      letter: { kind: "recovery-link", link: linkTo(token), expiresIn: recoveryLinkLivesIn },
      accountId,
      fate: isSent ? "send" : "drop",
      now,
      livesIn: recoveryLinkLivesIn,
    }),
  );
};
