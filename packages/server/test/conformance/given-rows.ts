import { systemRandom } from "#adapters/system/random.js";
import type { Account } from "#core/accounts/account.js";
import type { ApiKey } from "#core/api-keys/api-key.js";
import { defaultKeyPolicy } from "#core/api-keys/key-policy.js";
import type { Disclaimer } from "#core/disclaimers/disclaimer.js";
import type { Entry } from "#core/entries/entry.js";
import type { FailureRecord } from "#core/failures/failure-store.js";
import type { OneTimeCode } from "#core/factors/one-time-code.js";
import type { Handoff } from "#core/handoffs/handoff.js";
import {
  type AccountId,
  newAccountId,
  newApiKeyId,
  newEntryId,
  newHandoffId,
  newIdentifierId,
  newKeyId,
  newMessageId,
  newRefreshId,
  newSessionId,
  newSignInId,
} from "#core/ids.js";
import { type Identifier, realmWideKey } from "#core/identities/identifier.js";
import type { Message } from "#core/outbox/message.js";
import type { PendingRegistration } from "#core/registration/pending-registration.js";
import type { AccountLink } from "#core/recovery/account-link-store.js";
import type { Session } from "#core/sessions/session.js";
import type { PendingSession } from "#core/sign-in/pending-session.js";
import type { SigningKey } from "#core/signing-keys/signing-key.js";

/** An instant, a good while after every lifetime that a test subtracts from it. */
export const now = 1_800_000_000_000;

export const givenAccount = (over: Partial<Account> = {}): Account => ({
  id: newAccountId(systemRandom, now),
  status: "active",
  statusReason: undefined,
  language: "en",
  createdAt: now,
  lastSignInAt: undefined,
  passwordChangedAt: undefined,
  deletedAt: undefined,
  ...over,
});

export const givenIdentifier = (accountId: AccountId, name: string, over: Partial<Identifier> = {}): Identifier => ({
  id: newIdentifierId(systemRandom, now),
  accountId,
  kind: "username",
  displayValue: name,
  normalizedValue: name,
  provenAt: undefined,
  mount: "jwt",
  isPrimary: true,
  liveKey: realmWideKey("username", name),
  createdAt: now,
  ...over,
});

export const givenSession = (accountId: AccountId, over: Partial<Session> = {}): Session => ({
  id: newSessionId(systemRandom),
  accountId,
  mount: "jwt",
  clientId: undefined,
  createdAt: now,
  expiresAt: now + 1000,
  lastUsedAt: now,
  endedAt: undefined,
  endReason: undefined,
  address: "127.0.0.1",
  userAgent: "test",
  refresh: {
    rotates: true,
    current: newRefreshId(systemRandom),
    previous: undefined,
    rotatedAt: undefined,
    sealedSuccessor: undefined,
  },
  ...over,
});

export const givenKey = (over: Partial<SigningKey> = {}): SigningKey => ({
  id: newKeyId(systemRandom),
  algorithm: "ES256",
  publicJwk: '{"kty":"EC"}',
  sealedPrivateJwk: "v1.sealed",
  createdAt: now,
  activeAt: now,
  retiredAt: undefined,
  expiresAt: undefined,
  ...over,
});

export const givenLink = (accountId: AccountId, over: Partial<AccountLink> = {}): AccountLink => ({
  tokenHash: systemRandom.token(256),
  purpose: "reset-password",
  accountId,
  createdAt: now,
  expiresAt: now + 1000,
  ...over,
});

export const givenPending = (email: string, over: Partial<PendingRegistration> = {}): PendingRegistration => ({
  mount: "account",
  email: { displayValue: email, normalizedValue: email },
  username: undefined,
  fullname: "Ada",
  language: "en",
  passwordHash: undefined,
  guestId: undefined,
  linkHash: undefined,
  isDecoy: false,
  sentDigest: "digest",
  createdAt: now,
  expiresAt: now + 1000,
  ...over,
});

export const givenCode = (over: Partial<OneTimeCode> = {}): OneTimeCode => ({
  subject: systemRandom.token(256),
  purpose: "registration",
  accountId: undefined,
  codeHash: "right",
  createdAt: now,
  expiresAt: now + 1000,
  ...over,
});

export const givenHandoff = (over: Partial<Handoff> = {}): Handoff => ({
  id: newHandoffId(systemRandom),
  mount: "account",
  tokenHash: systemRandom.token(256),
  sealedToken: "v1.sealed",
  browserHash: systemRandom.token(256),
  redirectUri: "app://back",
  clientState: undefined,
  codeChallenge: undefined,
  language: "en",
  createdAt: now,
  expiresAt: now + 1000,
  provider: undefined,
  accountId: undefined,
  boundAt: undefined,
  usedAt: undefined,
  sessionId: undefined,
  ...over,
});

export const givenMessage = (over: Partial<Message> = {}): Message => ({
  id: newMessageId(systemRandom),
  channel: "mail",
  to: "ada@example.com",
  language: "en",
  letter: { kind: "registration-code", code: "012345", expiresIn: 300_000 },
  accountId: undefined,
  createdAt: now,
  expiresAt: now + 1000,
  fate: "send",
  ...over,
});

export const givenApiKey = (over: Partial<ApiKey> = {}): ApiKey => ({
  id: newApiKeyId(systemRandom),
  keyHash: systemRandom.token(256),
  name: "test",
  policy: defaultKeyPolicy,
  isDevelopment: false,
  createdAt: now,
  expiresAt: undefined,
  disabledAt: undefined,
  ...over,
});

export const givenSignIn = (over: Partial<PendingSession> = {}): PendingSession => ({
  id: newSignInId(systemRandom),
  tokenHash: systemRandom.token(256),
  clientId: newApiKeyId(systemRandom),
  state: "checkpassword",
  accountId: undefined,
  memory: {
    via: "login",
    identifier: { kind: "email", displayValue: "Ada@example.com", normalizedValue: "ada@example.com" },
    proven: [],
    accepted: [],
    isBegun: false,
  },
  failures: 0,
  createdAt: now,
  expiresAt: now + 1000,
  endedAt: undefined,
  ...over,
});

export const givenEntry = (accountId: AccountId, over: Partial<Entry> = {}): Entry => ({
  id: newEntryId(systemRandom),
  accountId,
  client: "programme",
  type: "oauth",
  data: { provider: "google", subject: "1" },
  uniqueKey: systemRandom.token(256),
  createdAt: now,
  ...over,
});

export const givenDisclaimer = (over: Partial<Disclaimer> = {}): Disclaimer => ({
  code: "terms",
  version: "1",
  titles: { en: "Terms" },
  url: "https://example.com/terms",
  requiredFrom: now,
  createdAt: now,
  ...over,
});

export const givenFailure = (requestId: string, over: Partial<FailureRecord> = {}): FailureRecord => ({
  requestId,
  at: now,
  expiresAt: now + 1000,
  mount: "jwt",
  method: "POST",
  route: "/login",
  status: 401,
  told: "Invalid email or password",
  reason: "factor-wrong",
  details: "{}",
  accountId: undefined,
  address: "127.0.0.1",
  node: "one",
  ...over,
});

/** Texts that only a comparison byte by byte tells apart. */
export const lookAlikes: readonly string[] = [
  "e",
  "é",
  "e\u0301",
  "E",
  "e ",
  " e",
  "e\t",
  "ß",
  "ss",
  "😀",
  "😁",
  "ı",
  "i",
];

/** Runs the same thing so often at once, and counts how often it was granted. */
export const countGranted = async (times: number, take: (index: number) => Promise<unknown>): Promise<number> => {
  const granted = await Promise.all(Array.from({ length: times }, (_, index) => take(index)));
  return granted.filter((value) => value !== false && value !== undefined).length;
};
