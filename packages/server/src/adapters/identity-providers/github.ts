import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  Configuration,
  customFetch,
  type CustomFetch,
  fetchProtectedResource,
} from "openid-client";
import type { Clock } from "#core/ports.js";
import { clientAuthentication } from "./client-authentication.js";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { fullnameOf, verifiedEmailOf } from "./identity-claims.js";
import { ProviderFault } from "./provider-fault.js";
import { callbackOf, type ProviderProtocol } from "./provider-protocol.js";

/** GitHub: OAuth 2 with PKCE and state, and its own API for who signed in. There is no ID token, so no nonce. */
export const githubProtocol = (provider: ProviderConfiguration, clock: Clock): ProviderProtocol => {
  const server = provider.issuer.replace(/\/$/, "");
  const api = server === "https://github.com" ? "https://api.github.com" : `${server}/api/v3`;
  const open = async (fetch: CustomFetch): Promise<Configuration> => {
    const metadata = {
      issuer: `${server}/login/oauth`,
      authorization_endpoint: `${server}/login/oauth/authorize`,
      token_endpoint: `${server}/login/oauth/access_token`,
      token_endpoint_auth_methods_supported: ["client_secret_post"],
    };
    const authentication = await clientAuthentication(provider, clock);
    const configuration = new Configuration(metadata, provider.clientId, undefined, authentication);
    configuration[customFetch] = fetch;
    if (server.startsWith("http:")) allowInsecureRequests(configuration);
    return configuration;
  };
  return {
    async begin(visit, fetch) {
      return buildAuthorizationUrl(await open(fetch), {
        redirect_uri: visit.redirectUri,
        scope: provider.scopes.join(" "),
        state: visit.state,
        code_challenge: await calculatePKCECodeChallenge(visit.codeVerifier),
        code_challenge_method: "S256",
      });
    },
    async complete(visit, answer, fetch) {
      const configuration = await open(fetch);
      const { access_token: token } = await authorizationCodeGrant(configuration, callbackOf(visit, answer), {
        expectedState: visit.state,
        pkceCodeVerifier: visit.codeVerifier,
      });
      const user = memberOf(await call(configuration, token, `${api}/user`));
      const emails = await call(configuration, token, `${api}/user/emails`);
      const primary = Array.isArray(emails)
        ? emails.map(memberOf).find((email) => email["primary"] === true)
        : undefined;
      return {
        subject: subjectOfNumber(user["id"]),
        verifiedEmail: verifiedEmailOf(provider, { email: primary?.["email"], isVerified: primary?.["verified"] }),
        fullname: fullnameOf(user["name"] ?? user["login"]),
      };
    },
    verify: () => Promise.reject(new ProviderFault("no-id-tokens")),
  };
};

const call = async (configuration: Configuration, token: string, address: string): Promise<unknown> => {
  const headers = new Headers({ accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" });
  const response = await fetchProtectedResource(configuration, token, new URL(address), "GET", undefined, headers);
  if (response.status !== 200) throw new ProviderFault(`api-status-${String(response.status)}`);
  return response.json();
};

const memberOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** GitHub's own id, never reassigned, unlike the name under which its user signs in there. */
const subjectOfNumber = (id: unknown): string => {
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id <= 0) throw new ProviderFault("subject-unfit");
  return String(id);
};
