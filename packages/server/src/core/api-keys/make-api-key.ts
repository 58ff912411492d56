import { type ApiKeyId, type Instant, newApiKeyId, newApiSecretId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Fingerprint, Random, Transaction } from "../ports.js";
import type { ApiKey, ApiSecret } from "./api-key.js";
import type { KeyPolicy } from "./key-policy.js";

export interface MakeApiKeyNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  /** Of the realm that the key is to belong to. */
  readonly transaction: Transaction;
}

export interface MakeApiKeyCommand {
  readonly name: string;
  readonly policy: KeyPolicy;
  readonly isDevelopment: boolean;
  /** Milliseconds; `undefined`: until it is disabled. */
  readonly livesIn: number | undefined;
  readonly origin: Origin;
}

/** Both texts are known to nobody else, and are not to be had again. */
export interface MadeApiKey {
  readonly apiKey: ApiKey;
  /** For `X-Api-Key`. */
  readonly key: string;
  readonly secret: ApiSecret;
}

/** Makes an API key with its first secret; each has 256 random bits. The key is kept as its SHA-256, the secret encrypted. */
export const makeApiKey = async (needs: MakeApiKeyNeeds, command: MakeApiKeyCommand): Promise<MadeApiKey> => {
  const createdAt = needs.clock.now();
  const { origin, livesIn, ...rest } = command;
  const key = `apk_${needs.random.token(256)}`;
  const id = newApiKeyId(needs.random);
  const expiresAt = livesIn === undefined ? undefined : createdAt + livesIn;
  const apiKey = { ...rest, id, keyHash: needs.fingerprint(key), createdAt, expiresAt, disabledAt: undefined };
  const secret = newSecret(needs, id, createdAt);
  await needs.transaction(async ({ apiKeys, audit }) => {
    await apiKeys.insert(apiKey);
    await apiKeys.insertSecret(secret);
    const details = { keyId: id, name: command.name, isDevelopment: command.isDevelopment };
    await audit.append({ at: createdAt, kind: "api-key-made", accountId: undefined, origin, details });
  });
  return { apiKey, key, secret };
};

/** A secret that is good until another replaces it. */
export const newSecret = ({ random }: { readonly random: Random }, keyId: ApiKeyId, createdAt: Instant): ApiSecret => ({
  id: newApiSecretId(random),
  keyId,
  secret: `aps_${random.token(256)}`,
  createdAt,
  expiresAt: undefined,
});
