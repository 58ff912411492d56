import { AuthorizationResponseError } from "openid-client";
import type { IdentityProviders } from "#core/handoffs/identity-providers.js";
import type { Clock } from "#core/ports.js";
import { Refusal } from "#core/refusal.js";
import type { ConfiguredProvider } from "./configured-provider.js";
import { githubProtocol } from "./github.js";
import { guardedFetch } from "./guarded-fetch.js";
import { openidProtocol } from "./openid.js";
import { presets } from "./presets.js";
import { ProviderFault } from "./provider-fault.js";
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
  configured: readonly ConfiguredProvider[],
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
  };
};

const protocolOf = (provider: ConfiguredProvider, { clock }: IdentityProvidersNeeds): ProviderProtocol => {
  const preset = presets[provider.preset];
  return preset.protocol === "github" ? githubProtocol(provider, clock) : openidProtocol(provider, preset, clock);
};

const failureOf = (provider: string, cause: unknown): Refusal =>
  new Refusal("provider-failed", { provider, reason: reasonOf(cause) }, { cause });

/** By our own word, the library's code with the claim or standard error it means, or the socket's code; never by the provider's own text. */
const reasonOf = (cause: unknown): string => {
  const causes = causesOf(cause);
  const fault = causes.find((error) => error instanceof ProviderFault);
  if (fault !== undefined) return fault.reason;
  if (causes.some(({ name }) => name === "TimeoutError" || name === "AbortError")) return "too-slow";
  const code = causes.map((error) => wordIn(error, "code", /^[A-Z0-9_]{1,60}$/)).find((found) => found !== undefined);
  const claim = causes.map(({ cause: details }) => wordIn(details, "claim", /^[a-z_]{1,20}$/)).at(-1);
  const error = causes.map((one) => wordIn(one, "error", tokenErrors)).find((found) => found !== undefined);
  return [code ?? causes.at(-1)?.name ?? "unknown", claim, error].filter((word) => word !== undefined).join(" ");
};

/** What a token endpoint may say (RFC 6749 section 5.2). */
const tokenErrors =
  /^(?:invalid_(?:request|client|grant|scope)|unauthorized_client|unsupported_grant_type|temporarily_unavailable)$/;

/** The library wraps what was thrown below it. */
const causesOf = (cause: unknown): readonly Error[] =>
  cause instanceof Error ? [cause, ...causesOf(cause.cause)] : [];

const wordIn = (value: unknown, name: string, shape: RegExp): string | undefined => {
  const found: unknown =
    typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  return typeof found === "string" && shape.test(found) ? found : undefined;
};
