import type { IdentifierKind } from "#core/refusal.js";

/** How commands call each kind of identifier. */
export const identifierWords: Readonly<Record<IdentifierKind, string>> = {
  email: "e-mail",
  phone: "phone",
  username: "username",
  device: "device",
  external: "sign-in at a provider",
};
