import { AuthorizationResponseError } from "openid-client";
import type { IdentityProviders } from "#core/handoffs/identity-providers.js";
import type { Clock } from "#core/ports.js";
import { Refusal } from "#core/refusal.js";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { githubProtocol } from "./github.js";
import { guardedFetch } from "./guarded-fetch.js";
import { openidProtocol } from "./openid.js";
import { presets } from "./presets.js";
import { faultReason } from "./provider-fault.js";
import type { ProviderProtocol } from "./provider-protocol.js";

export interface IdentityProvidersNeeds {
  readonly clock: Clock;
  /** Providers on this machine are then never asked. */
  readonly isProduction: boolean;
}

/** Milliseconds in which a provider has answered everything that one step asks of it. */
const answersIn = 4_000;

/** The providers of a mount. */
export const createIdentityProviders = (
  configured: readonly ProviderConfiguration[],
  needs: IdentityProvidersNeeds,
): IdentityProviders => {
  const protocols = new Map(configured.map((provider) => [provider.name, protocolOf(provider, needs)]));
  const providers = new Map(configured.map((provider) => [provider.name, provider]));
  const getProvider = (name: string) => {
    const [provider, protocol] = [providers.get(name), protocols.get(name)];
    if (provider === undefined || protocol === undefined) throw new Refusal("handoff-refused", { reason: "provider" });
    const reach = { issuer: new URL(provider.issuer), mayBeLoopback: !needs.isProduction };
    return { protocol, fetch: guardedFetch(reach, AbortSignal.timeout(answersIn)) };
  };
  return {
    all: configured.map(({ name, title }) => ({ name, title })),
    async begin(name, visit) {
      const { protocol, fetch } = getProvider(name);
      try {
        return (await protocol.begin(visit, fetch)).href;
      } catch (cause) {
        throw failureOf(name, cause);
      }
    },
    async complete(name, visit, answer) {
      const { protocol, fetch } = getProvider(name);
      try {
        return await protocol.complete(visit, answer, fetch);
      } catch (cause) {
        // Thrown once state and issuer are right: the provider itself, or whoever stood before it, said no.
        if (cause instanceof AuthorizationResponseError) return "declined";
        throw failureOf(name, cause);
      }
    },
    async verify(name, token) {
      const { protocol, fetch } = getProvider(name);
      try {
        return await protocol.verify(token, fetch);
      } catch (cause) {
        throw failureOf(name, cause);
      }
    },
  };
};

const protocolOf = (provider: ProviderConfiguration, { clock }: IdentityProvidersNeeds): ProviderProtocol => {
  const preset = presets[provider.preset];
  return preset.protocol === "github" ? githubProtocol(provider, clock) : openidProtocol(provider, preset, clock);
};

const failureOf = (provider: string, cause: unknown): Refusal =>
  new Refusal("provider-failed", { provider, reason: faultReason(cause) }, { cause });
