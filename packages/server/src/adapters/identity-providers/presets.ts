import type { ProviderPreset } from "#core/identities/provider-configuration.js";

/** What differs between providers, beside their addresses, scopes and trust, which the settings fill in. */
export interface Preset {
  readonly protocol: "openid" | "github";
  /** `form_post`: it posts its answer. */
  readonly responseMode: "query" | "form_post";
  /** Whether what an ID token lacks is asked for at the UserInfo endpoint. */
  readonly asksUserInfo: boolean;
}

export const presets: Readonly<Record<ProviderPreset, Preset>> = {
  openid: { protocol: "openid", responseMode: "query", asksUserInfo: true },
  google: { protocol: "openid", responseMode: "query", asksUserInfo: false },
  // Apple demands it of whoever asks for a name or an address.
  apple: { protocol: "openid", responseMode: "form_post", asksUserInfo: false },
  microsoft: { protocol: "openid", responseMode: "query", asksUserInfo: false },
  github: { protocol: "github", responseMode: "query", asksUserInfo: false },
};
