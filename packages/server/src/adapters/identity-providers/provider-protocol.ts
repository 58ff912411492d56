import type { CustomFetch } from "openid-client";
import type {
  BroughtToken,
  ProvidedIdentity,
  ProviderAnswer,
  ProviderRequest,
} from "#core/handoffs/identity-providers.js";

/** How one kind of provider is spoken to. Every method throws whatever does not fit; what they ask goes through `fetch`. */
export interface ProviderProtocol {
  /** Where the browser has to go. */
  begin(visit: ProviderRequest, fetch: CustomFetch): Promise<URL>;
  complete(visit: ProviderRequest, answer: ProviderAnswer, fetch: CustomFetch): Promise<ProvidedIdentity>;
  verify(token: BroughtToken, fetch: CustomFetch): Promise<ProvidedIdentity>;
}

/** The address with which the browser came back, as the client library reads it. */
export const callbackOf = (visit: ProviderRequest, answer: ProviderAnswer): URL => {
  const url = new URL(visit.redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.append(name, value);
  return url;
};
