import type { ApiKey, ApiSecret } from "#core/api-keys/api-key.js";
import type { Instant } from "#core/ids.js";
import { writeKeyPolicy } from "#settings/key-policy.js";
import { timeOrNull, time } from "./layout.js";

/** What a key is worth at the moment. */
export const keyStateAt = ({ disabledAt, expiresAt }: ApiKey, now: Instant): "good" | "disabled" | "expired" => {
  if (disabledAt !== undefined) return "disabled";
  return expiresAt !== undefined && expiresAt <= now ? "expired" : "good";
};

/** An API key for programs, but the key and its secrets. */
export const keyJson = (company: string, apiKey: ApiKey, now: Instant) => ({
  keyId: apiKey.id,
  company,
  name: apiKey.name,
  state: keyStateAt(apiKey, now),
  isDevelopment: apiKey.isDevelopment,
  createdAt: time(apiKey.createdAt),
  expiresAt: timeOrNull(apiKey.expiresAt),
  disabledAt: timeOrNull(apiKey.disabledAt),
  policy: writeKeyPolicy(apiKey.policy),
});

/** A secret for programs, but what it is. */
export const secretJson = ({ id, createdAt, expiresAt }: ApiSecret) => ({
  secretId: id,
  createdAt: time(createdAt),
  expiresAt: timeOrNull(expiresAt),
});
