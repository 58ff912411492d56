import type { Origin } from "../origin.js";
import type { Clock, Transaction } from "../ports.js";
import { configurationOf } from "./enabled-providers.js";
import type { ProviderConfiguration } from "./provider-configuration.js";

export interface AddProviderNeeds {
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export interface AddProviderCommand {
  readonly configuration: ProviderConfiguration;
  readonly origin: Origin;
}

/**
 * Lets people sign in at a provider, or changes how one is asked. People are known by its name and its own id for them, so a name never
 * passes to another issuer: nothing is changed then.
 */
export const addProvider = async (
  { clock, transaction }: AddProviderNeeds,
  { configuration, origin }: AddProviderCommand,
): Promise<"added" | "replaced" | "of-another-issuer"> => {
  const { name, issuer } = configuration;
  const now = clock.now();
  return transaction(async (stores) => {
    const written = JSON.stringify(configuration);
    const outcome = (await stores.identityProviders.insert({ name, configuration: written, createdAt: now }))
      ? "added"
      : "replaced";
    if (outcome === "replaced") {
      const known = (await stores.identityProviders.list()).find((provider) => provider.name === name);
      if (known === undefined || configurationOf(known).issuer !== issuer) return "of-another-issuer";
      await stores.identityProviders.replace(name, written);
    }
    await stores.audit.append({
      at: now,
      kind: "provider-changed",
      accountId: undefined,
      origin,
      details: { provider: name, change: outcome },
    });
    return outcome;
  });
};
