/** An identity provider as the operator has configured it, complete and checked. */
export interface ConfiguredProvider {
  readonly name: string;
  readonly title: string;
  readonly preset: ProviderPreset;
  /** Where discovery begins, and what `iss` must be. Of GitHub, which is no OpenID provider: the address of its server. */
  readonly issuer: string;
  readonly clientId: string;
  readonly credential: ProviderCredential;
  readonly scopes: readonly string[];
  /** Domains in small letters for which `email_verified` is believed; `*` alone for every one. */
  readonly trustsEmailsOf: readonly string[];
}

export type ProviderPreset = "openid" | "google" | "apple" | "github" | "microsoft";

/** How the token endpoint knows this server. */
export type ProviderCredential =
  | { readonly kind: "secret"; readonly clientSecret: string }
  | { readonly kind: "signed"; readonly teamId: string; readonly keyId: string; readonly privateKey: string }
  | { readonly kind: "none" };
