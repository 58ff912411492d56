import type { IdentityProviders } from "../handoffs/identity-providers.js";
import type { RealmId } from "../ids.js";
import type { AddressWindows } from "../limits/address-windows.js";
import type { Stores, Transaction } from "../ports.js";

/** What a use case needs of one realm, and no way to another. */
export interface RealmScope {
  readonly realmId: RealmId;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly windows: AddressWindows;
  /** At which people may sign in: those of the realm, as they are now. */
  identityProviders(): Promise<IdentityProviders>;
}

/** The way from a company code, which a request names, to its realm. */
export interface Realms {
  /** For a well-formed code, whether or not there is such a realm: an API key that is found there proves it. */
  scope(id: RealmId): RealmScope;
  exists(id: RealmId): Promise<boolean>;
}
