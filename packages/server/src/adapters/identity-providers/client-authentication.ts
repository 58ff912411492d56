import { importPKCS8, SignJWT } from "jose";
import { type ClientAuth, ClientSecretBasic, ClientSecretPost, None } from "openid-client";
import type { Clock } from "#core/ports.js";
import type { ProviderConfiguration, ProviderCredential } from "#core/identities/provider-configuration.js";

/** How the token endpoint is shown who asks. */
export const clientAuthentication = async (provider: ProviderConfiguration, clock: Clock): Promise<ClientAuth> => {
  const { credential } = provider;
  switch (credential.kind) {
    case "none":
      return None();
    case "secret":
      return withSecret(credential.clientSecret);
    case "signed":
      return ClientSecretPost(await signSecret(provider, credential, clock));
  }
};

/** By `Authorization`, as is the standard's default, unless the provider lists its methods without it. */
const withSecret =
  (secret: string): ClientAuth =>
  (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const method = methods.includes("client_secret_basic") ? ClientSecretBasic(secret) : ClientSecretPost(secret);
    method(server, client, body, headers);
  };

const secretLivesIn = 300;

/** Apple's client secret: a JWT by the team's key, made for each use so that none has to be renewed by hand. */
const signSecret = async (
  { clientId, issuer }: ProviderConfiguration,
  { teamId, keyId, privateKey }: Extract<ProviderCredential, { readonly kind: "signed" }>,
  clock: Clock,
): Promise<string> => {
  const now = Math.floor(clock.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: keyId })
    .setIssuer(teamId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + secretLivesIn)
    .sign(await importPKCS8(privateKey, "ES256"));
};
