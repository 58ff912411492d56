import { decodeJwt } from "jose";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  customFetch,
  type CustomFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  type IDToken,
  implicitAuthentication,
  setJwksCache,
  useIdTokenResponseType,
} from "openid-client";
import type { ProviderAnswer } from "#core/handoffs/identity-providers.js";
import type { Clock } from "#core/ports.js";
import { clientAuthentication } from "./client-authentication.js";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { fullnameOf, subjectOf, verifiedEmailOf } from "./identity-claims.js";
import { openidDocuments } from "./openid-documents.js";
import type { Preset } from "./presets.js";
import { ProviderFault } from "./provider-fault.js";
import { callbackOf, type ProviderProtocol } from "./provider-protocol.js";

/** OpenID Connect Core: the authorization code flow with PKCE (S256), state, nonce, RFC 9207, and a signature that is always checked. */
export const openidProtocol = (provider: ProviderConfiguration, preset: Preset, clock: Clock): ProviderProtocol => {
  const documents = openidDocuments(clock);
  // A configuration for each sign-in: the library would keep a key set for a minute in which no rotated key is found.
  const open = async (fetch: CustomFetch, clientId = provider.clientId): Promise<Configuration> => {
    const authentication = await clientAuthentication(provider, clock);
    const insecure = provider.issuer.startsWith("http:") ? [allowInsecureRequests] : [];
    try {
      const configuration = await discovery(new URL(provider.issuer), clientId, undefined, authentication, {
        [customFetch]: documents.over(fetch),
        // Of ID tokens that come over TLS the standard lets the signature go unchecked (section 3.1.3.7, 6). Not here.
        execute: [...insecure, enableNonRepudiationChecks],
      });
      const jwks = documents.keys();
      // As old as is needed for the library to ask again for an unknown key.
      if (jwks !== undefined) setJwksCache(configuration, { jwks, uat: Math.floor(Date.now() / 1000) - 60 });
      return configuration;
    } catch (error) {
      documents.forgetMetadata();
      throw error;
    }
  };
  return {
    async begin(visit, fetch) {
      const configuration = await open(fetch);
      return buildAuthorizationUrl(configuration, {
        redirect_uri: visit.redirectUri,
        scope: provider.scopes.join(" "),
        state: visit.state,
        nonce: visit.nonce,
        code_challenge: await calculatePKCECodeChallenge(visit.codeVerifier),
        code_challenge_method: "S256",
        ...(preset.responseMode === "query" ? {} : { response_mode: preset.responseMode }),
      });
    },
    async complete(visit, answer, fetch) {
      const configuration = await open(fetch);
      const callback = callbackOf(visit, answer);
      const { issuer, authorization_response_iss_parameter_supported: namesIssuer } = configuration.serverMetadata();
      if (visit.mayOmitIssuer && namesIssuer === true && answer["iss"] === undefined)
        callback.searchParams.set("iss", issuer);
      const tokens = await authorizationCodeGrant(configuration, callback, {
        expectedState: visit.state,
        expectedNonce: visit.nonce,
        pkceCodeVerifier: visit.codeVerifier,
        idTokenExpected: true,
      });
      const token = tokens.claims();
      if (token === undefined) throw new ProviderFault("id-token-missing");
      // The library looks at it only beside several audiences.
      if (token.azp !== undefined && token.azp !== provider.clientId) throw new ProviderFault("azp-of-another");
      const claims = { ...(await askUserInfo(configuration, preset, tokens.access_token, token)), ...token };
      return {
        subject: subjectOf(token.sub),
        verifiedEmail: verifiedEmailOf(provider, { email: claims.email, isVerified: claims.email_verified }),
        fullname: fullnameOf(claims.name ?? postedName(preset, answer)),
      };
    },
    async verify({ idToken, nonce }, fetch) {
      const clientIds = [provider.clientId, ...provider.nativeClientIds];
      const configuration = await open(fetch, audienceIn(idToken, clientIds));
      useIdTokenResponseType(configuration);
      // The library reads a token that did not come from the token endpoint out of an address. It checks the signature last, and always.
      const claims = await implicitAuthentication(configuration, addressWith(idToken), nonce);
      // Of an app the provider says who asked for a token that is meant for the server.
      if (claims.azp !== undefined && !clientIds.includes(String(claims.azp)))
        throw new ProviderFault("azp-of-another");
      return {
        subject: subjectOf(claims.sub),
        verifiedEmail: verifiedEmailOf(provider, { email: claims["email"], isVerified: claims["email_verified"] }),
        fullname: fullnameOf(claims["name"]),
      };
    },
  };
};

/** For which of our clients the token says it is: the library then holds it to that one. */
const audienceIn = (idToken: string, clientIds: readonly string[]): string | undefined => {
  const { aud } = decodeJwt(idToken);
  const audiences = Array.isArray(aud) ? aud : [aud];
  return clientIds.find((clientId) => audiences.includes(clientId));
};

const addressWith = (idToken: string): URL => {
  const address = new URL("https://app.invalid/");
  address.hash = new URLSearchParams({ id_token: idToken }).toString();
  return address;
};

/** What the ID token leaves out; its subject has to be the same. */
const askUserInfo = async (
  configuration: Configuration,
  { asksUserInfo }: Preset,
  accessToken: string,
  token: IDToken,
): Promise<Readonly<Record<string, unknown>>> => {
  const isNeeded = asksUserInfo && token["email"] === undefined;
  if (!isNeeded || configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return fetchUserInfo(configuration, accessToken, token.sub);
};

/** Apple tells the name once, beside the code and unsigned: what a person says of himself. */
const postedName = ({ responseMode }: Preset, { user }: ProviderAnswer): string | undefined => {
  if (responseMode !== "form_post" || user === undefined || user.length > 2_000) return undefined;
  try {
    const { name } = JSON.parse(user) as { readonly name?: Readonly<Record<string, unknown>> | null };
    return [name?.["firstName"], name?.["lastName"]].filter((part) => typeof part === "string").join(" ");
  } catch {
    return undefined;
  }
};
