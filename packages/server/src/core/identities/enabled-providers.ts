import type { Stores } from "../ports.js";
import type { StoredIdentityProvider } from "./identity-provider-store.js";
import type { ProviderConfiguration } from "./provider-configuration.js";

/** At which of the realm's own providers people may sign in, as it is now. */
export const enabledProviders = async ({
  identityProviders,
}: Pick<Stores, "identityProviders">): Promise<readonly ProviderConfiguration[]> =>
  (await identityProviders.list()).filter(({ disabledAt }) => disabledAt === undefined).map(configurationOf);

// Sealed, and written from this type: nobody else can make such a text.
export const configurationOf = ({ configuration }: StoredIdentityProvider): ProviderConfiguration =>
  JSON.parse(configuration) as ProviderConfiguration;
