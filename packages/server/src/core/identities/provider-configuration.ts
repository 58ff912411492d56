/** An identity provider at which people may sign in: complete and checked, its secrets read from their files. */
export interface ProviderConfiguration {
  /** As in `?provider=`, in the path that the provider sends browsers back to, and in identifiers. */
  readonly name: string;
  /** For a button. */
  readonly title: string;
  readonly preset: ProviderPreset;
  /**
   * Where discovery begins, and what `iss` must be, byte for byte. Of Microsoft's `common`, `organizations` and `consumers` tokens name
   * the user's own tenant instead; GitHub is no OpenID provider: the address of its server.
   */
  readonly issuer: string;
  readonly clientId: string;
  readonly credential: ProviderCredential;
  readonly scopes: readonly string[];
  /** Other registrations of the same operator there, of apps that sign people in themselves: whose ID tokens are taken as well. */
  readonly nativeClientIds: readonly string[];
  /** Domains in small letters for which it is believed that an address is its user's; `*` alone for every one. */
  readonly trustsEmailsOf: readonly string[];
}

/** `openid`: any provider that OpenID Connect Discovery can find. */
export type ProviderPreset = "openid" | "google" | "apple" | "github" | "microsoft";

/** How the token endpoint knows this server. */
export type ProviderCredential =
  | { readonly kind: "secret"; readonly clientSecret: string }
  /** Apple: a secret that is signed for each use, by ES256. `privateKey` is PEM. */
  | { readonly kind: "signed"; readonly teamId: string; readonly keyId: string; readonly privateKey: string }
  /** A public client: PKCE alone. */
  | { readonly kind: "none" };
