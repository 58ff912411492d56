import type { ApiKeyId, ApiSecretId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Random, Stores, Transaction } from "../ports.js";
import type { ApiSecret } from "./api-key.js";
import { newSecret } from "./make-api-key.js";

export interface RotateSecretNeeds {
  readonly clock: Clock;
  readonly random: Random;
  /** Of the key's realm. */
  readonly transaction: Transaction;
}

export interface RotateSecretCommand {
  readonly id: ApiKeyId;
  /** Milliseconds for which the secret that is replaced stays good; 0: none. */
  readonly overlapIn: number;
  readonly origin: Origin;
}

export type RotatedSecret =
  | { readonly kind: "rotated"; readonly secret: ApiSecret; readonly replaced: readonly Replaced[] }
  /** Two are good already: a third would let the oldest live on unseen. */
  | { readonly kind: "refused"; readonly live: readonly ApiSecret[] };

export interface Replaced {
  readonly id: ApiSecretId;
  readonly expiresAt: Instant;
}

/** Gives a key another secret; the one before stays good for a while, so that servers can be told one after the other. */
export const rotateSecret = (needs: RotateSecretNeeds, command: RotateSecretCommand): Promise<RotatedSecret> => {
  const at = needs.clock.now();
  const { id, overlapIn, origin } = command;
  const secret = newSecret(needs, id, at);
  return needs.transaction(async ({ apiKeys, audit }) => {
    const live = await apiKeys.secretsOf(id, at);
    if (live.length > 1) return { kind: "refused", live };
    const replaced = live.map((old) => ({
      id: old.id,
      expiresAt: Math.min(old.expiresAt ?? Infinity, at + overlapIn),
    }));
    for (const old of replaced) await apiKeys.expireSecret(old.id, old.expiresAt);
    await apiKeys.insertSecret(secret);
    const details = { keyId: id, secretId: secret.id };
    await audit.append({ at, kind: "api-secret-made", accountId: undefined, origin, details });
    return { kind: "rotated", secret, replaced };
  });
};

/** Ends a secret now, as when it has leaked. `false` when the key has no such secret that is good. */
export const expireSecret = (
  needs: Pick<RotateSecretNeeds, "clock" | "transaction">,
  command: { readonly id: ApiKeyId; readonly secretId: string; readonly origin: Origin },
): Promise<boolean> => {
  const at = needs.clock.now();
  const { id, secretId, origin } = command;
  return needs.transaction(async ({ apiKeys, audit }: Stores) => {
    const secret = (await apiKeys.secretsOf(id, at)).find((live) => live.id === secretId);
    if (secret === undefined || !(await apiKeys.expireSecret(secret.id, at))) return false;
    const details = { keyId: id, secretId };
    await audit.append({ at, kind: "api-secret-expired", accountId: undefined, origin, details });
    return true;
  });
};
