import type { FailureRecord, FailureStore } from "../failures/failure-store.js";
import type { Acceptance } from "../disclaimers/disclaimer.js";
import type { Entry } from "../entries/entry.js";
import type { KeptFactors } from "../factors/factor-store.js";
import type { KeptCode } from "../factors/one-time-code.js";
import type { Guest } from "../guests/guest.js";
import type { Handoff } from "../handoffs/handoff.js";
import type { Identifier } from "../identities/identifier.js";
import type { AccountId } from "../ids.js";
import type { RecordedEvent } from "../audit/audit-trail.js";
import type { CountedAttempts } from "../limits/attempt-store.js";
import { accountSubjects } from "../limits/attempt-subject.js";
import type { Origin } from "../origin.js";
import type { Letter } from "../outbox/message.js";
import type { KeptMessage } from "../outbox/outbox-store.js";
import type { Clock, Stores } from "../ports.js";
import type { KeptLink } from "../recovery/account-link-store.js";
import { Refusal } from "../refusal.js";
import type { PendingRegistration } from "../registration/pending-registration.js";
import type { Session } from "../sessions/session.js";
import type { PendingSession } from "../sign-in/pending-session.js";
import type { KnownDevice } from "../sign-in/known-device-store.js";
import type { Account } from "./account.js";
import type { Profile } from "./profile.js";

export interface ExportNeeds {
  readonly clock: Clock;
  readonly stores: Stores;
  readonly failures: Pick<FailureStore, "listOf">;
}

/** All that is held about one account, without what lets somebody in: no password's hash, no token, key, code or link. */
export interface AccountExport {
  readonly account: Account;
  readonly identifiers: readonly Omit<Identifier, "liveKey" | "normalizedValue">[];
  readonly profile: Profile;
  /** `undefined` for an account that is no guest. */
  readonly guest: Pick<Guest, "seenAt"> | undefined;
  readonly sessions: readonly Omit<Session, "refresh">[];
  readonly knownDevices: readonly KnownDevice[];
  /** Sign-ins and recoveries that are, or were, under way. */
  readonly pendingSessions: readonly Omit<PendingSession, "tokenHash">[];
  readonly factors: KeptFactors;
  readonly acceptedDisclaimers: readonly Omit<Acceptance, "accountId">[];
  readonly entries: readonly Omit<Entry, "accountId" | "uniqueKey">[];
  /** Counted tries, by factor; `any`: of all together, a day each. */
  readonly attempts: readonly ({ readonly factor: string } & CountedAttempts)[];
  readonly links: readonly KeptLink[];
  readonly codes: readonly KeptCode[];
  readonly handoffs: readonly ExportedHandoff[];
  readonly pendingRegistrations: readonly ExportedRegistration[];
  readonly messages: readonly ExportedMessage[];
  readonly auditEvents: readonly RecordedEvent[];
  readonly failureRecords: readonly FailureRecord[];
}

interface ExportedHandoff
  extends Pick<
    Handoff,
    "id" | "mount" | "redirectUri" | "clientState" | "language" | "createdAt" | "expiresAt" | "boundAt" | "usedAt"
  > {
  readonly provider: string | undefined;
  readonly sessionId: string | undefined;
}

type ExportedRegistration = Pick<
  PendingRegistration,
  "mount" | "fullname" | "language" | "isDecoy" | "createdAt" | "expiresAt"
> & { readonly email: string; readonly username: string | undefined };

interface ExportedMessage extends Omit<KeptMessage, "content"> {
  /** Recipient and letter are gone once it was sent. */
  readonly to: string | undefined;
  readonly letter: Readonly<Record<string, string | number>> | undefined;
}

/** More than there are: what is held of one account is read whole. */
const everyRow = 2 ** 31 - 1;

/**
 * Gathers all that is held about an account (GDPR articles 15 and 20), a deleted one too until it is purged. That it was asked for is
 * audited, after the trail has been read. Refuses with `account-unknown`.
 */
export const exportAccount = async (
  { clock, stores, failures }: ExportNeeds,
  { accountId, origin }: { readonly accountId: AccountId; readonly origin: Origin },
): Promise<AccountExport> => {
  const found = await stores.accounts.find(accountId);
  if (found === undefined) throw new Refusal("account-unknown", { accountId });
  const { account, identifiers } = found;
  const emails = identifiers.filter(({ kind }) => kind === "email");
  const phones = identifiers.filter(({ kind }) => kind === "phone");
  const addresses = [
    ...emails.map(({ displayValue }) => displayValue),
    ...phones.map(({ normalizedValue }) => normalizedValue),
  ];
  const proven = emails.filter(({ provenAt }) => provenAt !== undefined).map(({ normalizedValue }) => normalizedValue);
  const guest = await stores.guests.find(accountId);
  const exported: AccountExport = {
    account,
    identifiers: identifiers.map(exportedIdentifier),
    profile: await stores.profiles.find(accountId),
    guest: guest && { seenAt: guest.seenAt },
    sessions: (await stores.sessions.listOf(accountId)).map(exportedSession),
    knownDevices: await stores.knownDevices.listOf(accountId),
    pendingSessions: (await stores.pendingSessions.listOf(accountId)).map(exportedPending),
    factors: await stores.factors.describe(accountId),
    acceptedDisclaimers: (await stores.disclaimers.acceptedBy(accountId)).map(exportedAcceptance),
    entries: (await stores.entries.list(accountId, { limit: everyRow, after: undefined })).map(exportedEntry),
    attempts: await attemptsOf(stores, accountId),
    links: await stores.links.listOf(accountId),
    codes: await stores.codes.listOf(accountId),
    handoffs: (await stores.handoffs.listOf(accountId)).map(exportedHandoff),
    pendingRegistrations: (await stores.pendingRegistrations.listOf(accountId, proven)).map(exportedRegistration),
    messages: (await stores.outbox.listOf(accountId, addresses)).map(exportedMessage),
    auditEvents: await stores.audit.list({ accountId }, everyRow),
    failureRecords: await failures.listOf(accountId),
  };
  await stores.audit.append({ at: clock.now(), kind: "account-exported", accountId, origin, details: {} });
  return exported;
};

/** A device's value is a hash, and after a dot another, that of its secret. */
const exportedIdentifier = (identifier: Identifier): AccountExport["identifiers"][number] => {
  const { id, accountId, kind, displayValue, provenAt, mount, isPrimary, createdAt } = identifier;
  const value = kind === "device" ? displayValue.replace(/\..*$/, "") : displayValue;
  return { id, accountId, kind, displayValue: value, provenAt, mount, isPrimary, createdAt };
};

const exportedSession = (session: Session): AccountExport["sessions"][number] => {
  const { id, accountId, mount, clientId, createdAt, expiresAt, lastUsedAt, endedAt, endReason, address, userAgent } =
    session;
  return { id, accountId, mount, clientId, createdAt, expiresAt, lastUsedAt, endedAt, endReason, address, userAgent };
};

const exportedPending = (pending: PendingSession): AccountExport["pendingSessions"][number] => {
  const { id, clientId, state, accountId, memory, failures, createdAt, expiresAt, endedAt } = pending;
  return { id, clientId, state, accountId, memory, failures, createdAt, expiresAt, endedAt };
};

const exportedAcceptance = (acceptance: Acceptance): AccountExport["acceptedDisclaimers"][number] => {
  const { code, version, language, acceptedAt, requestId } = acceptance;
  return { code, version, language, acceptedAt, requestId };
};

const exportedEntry = ({ id, client, type, data, createdAt }: Entry): AccountExport["entries"][number] => ({
  id,
  client,
  type,
  data,
  createdAt,
});

const attemptsOf = async ({ attempts }: Stores, accountId: AccountId): Promise<AccountExport["attempts"]> => {
  const counted = await Promise.all(
    accountSubjects(accountId).map(async ({ factor, beginning }) =>
      (await attempts.list(beginning)).map(({ used, failedInRow, lastAt, isDisabled }) => ({
        factor,
        used,
        failedInRow,
        lastAt,
        isDisabled,
      })),
    ),
  );
  return counted.flat();
};

const exportedHandoff = (handoff: Handoff): ExportedHandoff => {
  const { id, mount, redirectUri, clientState, language, createdAt, expiresAt, boundAt, usedAt, sessionId } = handoff;
  const provider = handoff.provider?.name;
  return { id, mount, redirectUri, clientState, language, provider, createdAt, expiresAt, boundAt, usedAt, sessionId };
};

const exportedRegistration = (pending: PendingRegistration): ExportedRegistration => {
  const { mount, email, username, fullname, language, isDecoy, createdAt, expiresAt } = pending;
  return {
    mount,
    email: email.displayValue,
    username: username?.displayValue,
    fullname,
    language,
    isDecoy,
    createdAt,
    expiresAt,
  };
};

const exportedMessage = ({ content, ...message }: KeptMessage): ExportedMessage => ({
  ...message,
  to: content?.to,
  letter: content && withoutSecret(content.letter),
});

/** While it waits, its code or link is good. */
const withoutSecret = (letter: Letter): Readonly<Record<string, string | number>> =>
  Object.fromEntries(Object.entries(letter).filter(([name]) => name !== "code" && name !== "link"));
