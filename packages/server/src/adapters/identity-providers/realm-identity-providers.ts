import type { IdentityProviders } from "#core/handoffs/identity-providers.js";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import type { RealmId } from "#core/ids.js";
import { createIdentityProviders, type IdentityProvidersNeeds } from "./identity-providers.js";

/** The providers of realms, which operators change while the server runs. */
export type RealmIdentityProviders = (
  realmId: RealmId,
  configured: readonly ProviderConfiguration[],
) => IdentityProviders;

/** What a realm's providers publish is kept for as long as none of them changes. */
export const createRealmIdentityProviders = (needs: IdentityProvidersNeeds): RealmIdentityProviders => {
  const opened = new Map<RealmId, { readonly written: string; readonly providers: IdentityProviders }>();
  return (realmId, configured) => {
    const written = JSON.stringify(configured);
    const known = opened.get(realmId);
    if (known?.written === written) return known.providers;
    const providers = createIdentityProviders(configured, needs);
    opened.set(realmId, { written, providers });
    return providers;
  };
};
