import { systemRandom } from "#adapters/system/random.js";
import type { Account } from "#core/accounts/account.js";
import type { FailureRecord } from "#core/failures/failure-store.js";
import { type AccountId, newAccountId, newIdentifierId, newKeyId, newRefreshId, newSessionId } from "#core/ids.js";
import { type Identifier, realmWideKey } from "#core/identities/identifier.js";
import type { AccountLink } from "#core/recovery/account-link-store.js";
import type { Session } from "#core/sessions/session.js";
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
