import type { ApiKeyId, ApiSecretId, Instant } from "../ids.js";
import type { ApiKey, ApiSecret } from "./api-key.js";
import type { KeyPolicy } from "./key-policy.js";

/** API keys of one realm and their secrets, which are sealed at rest. */
export interface ApiKeyStore {
  insert(key: ApiKey): Promise<void>;
  /** One read, never stale; disabled and expired ones included. */
  findByHash(keyHash: string): Promise<ApiKey | undefined>;
  find(id: ApiKeyId): Promise<ApiKey | undefined>;
  /** Newest first. */
  list(): Promise<readonly ApiKey[]>;
  changePolicy(id: ApiKeyId, policy: KeyPolicy): Promise<boolean>;
  /** `false` when it was disabled already. */
  disable(id: ApiKeyId, at: Instant): Promise<boolean>;
  enable(id: ApiKeyId): Promise<boolean>;
  insertSecret(secret: ApiSecret): Promise<void>;
  /** Those that have not expired at `at`, newest first. */
  secretsOf(id: ApiKeyId, at: Instant): Promise<readonly ApiSecret[]>;
  /** Gives a secret its end. */
  expireSecret(id: ApiSecretId, at: Instant): Promise<boolean>;
  /** Whether any key that is good at `at` lists this origin. */
  listsOrigin(origin: string, at: Instant): Promise<boolean>;
}
