import type { Instant } from "../ids.js";

/** Identity providers of one realm, beside those of the server's configuration. */
export interface IdentityProviderStore {
  /** Sealed by the store. `false` when the name was ever taken: identities of the one that had it must not become another's. */
  insert(provider: Omit<StoredIdentityProvider, "disabledAt">): Promise<boolean>;
  /** Another configuration of the same provider, which is on again; `false` when it is not there. */
  replace(name: string, configuration: string): Promise<boolean>;
  /** By name, disabled ones included. */
  list(): Promise<readonly StoredIdentityProvider[]>;
  /** From now on nobody signs in by it: `false` when it was disabled already, or is not there. */
  disable(name: string, at: Instant): Promise<boolean>;
}

export interface StoredIdentityProvider {
  /** As in identifiers; at most 64 characters. */
  readonly name: string;
  /** What the adapter needs, its secret included, as JSON. */
  readonly configuration: string;
  readonly createdAt: Instant;
  readonly disabledAt: Instant | undefined;
}
