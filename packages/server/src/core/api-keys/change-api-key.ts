import type { ApiKeyId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Transaction } from "../ports.js";
import type { ApiKeyStore } from "./api-key-store.js";
import type { KeyPolicy } from "./key-policy.js";

export interface ChangeApiKeyNeeds {
  readonly clock: Clock;
  /** Of the key's realm. */
  readonly transaction: Transaction;
}

export interface ChangeApiKeyCommand {
  readonly id: ApiKeyId;
  readonly change: ApiKeyChange;
  readonly origin: Origin;
}

export type ApiKeyChange =
  | { readonly kind: "policy"; readonly policy: KeyPolicy }
  /** Refused from now on, with every request that carries it; tokens that it opened are of no use without it. */
  | { readonly kind: "disable" }
  | { readonly kind: "enable" };

/** In force with the next request on every node. `false`, and nothing changed, when the key was so already. */
export const changeApiKey = (needs: ChangeApiKeyNeeds, command: ChangeApiKeyCommand): Promise<boolean> => {
  const at = needs.clock.now();
  const { id, change, origin } = command;
  return needs.transaction(async ({ apiKeys, audit }) => {
    const isChanged = await apply(apiKeys, id, { change, at });
    if (isChanged)
      await audit.append({ at, kind: kinds[change.kind], accountId: undefined, origin, details: { keyId: id } });
    return isChanged;
  });
};

const kinds = {
  policy: "api-key-policy-changed",
  disable: "api-key-disabled",
  enable: "api-key-enabled",
} as const;

const apply = (
  apiKeys: ApiKeyStore,
  id: ApiKeyId,
  { change, at }: { readonly change: ApiKeyChange; readonly at: Instant },
): Promise<boolean> => {
  switch (change.kind) {
    case "policy":
      return apiKeys.changePolicy(id, change.policy);
    case "disable":
      return apiKeys.disable(id, at);
    case "enable":
      return apiKeys.enable(id);
  }
};
