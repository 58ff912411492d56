import type { AddressRanges, Clock, Fingerprint, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { ApiKey } from "./api-key.js";

export interface FindApiKeyNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly addressRanges: AddressRanges;
  /** Of the realm that the request names: another realm's key is unknown here. */
  readonly stores: Pick<Stores, "apiKeys">;
}

/** What a request shows of its client application. */
export interface PresentedKey {
  /** `undefined`: none was sent. Several are none of ours: `""`. */
  readonly key: string | undefined;
  /** The client's, canonical. */
  readonly address: string;
}

/**
 * The API key that a request carries. It is read each time, so that one that is disabled is refused at once on every node. Refuses with
 * `api-key-missing`, `api-key-invalid`, and with `access-restricted` for an address that the key's policy does not name.
 */
export const getApiKey = async (needs: FindApiKeyNeeds, { key, address }: PresentedKey): Promise<ApiKey> => {
  if (key === undefined) throw new Refusal("api-key-missing", {});
  const found = wellFormed.test(key) ? await needs.stores.apiKeys.findByHash(needs.fingerprint(key)) : undefined;
  if (found === undefined) throw new Refusal("api-key-invalid", { reason: "unknown" });
  const { id: keyId, policy } = found;
  if (found.disabledAt !== undefined) throw new Refusal("api-key-invalid", { reason: "disabled", keyId });
  if (found.expiresAt !== undefined && found.expiresAt <= needs.clock.now())
    throw new Refusal("api-key-invalid", { reason: "expired", keyId });
  if (policy.addresses.length > 0 && !needs.addressRanges.include(policy.addresses, address))
    throw new Refusal("access-restricted", { reason: "address", keyId });
  return found;
};

const wellFormed = /^apk_[A-Za-z0-9_-]{43}$/;
