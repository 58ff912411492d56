import type { Identifier } from "../identities/identifier.js";
import type { AccountId, Instant } from "../ids.js";

/** What is kept of a guest beside its account. */
export interface Guest {
  readonly accountId: AccountId;
  /** SHA-256 of the secret that its device got; `undefined` for a guest of the web, whose cookie is the secret. */
  readonly secretHash: string | undefined;
  /** When it last came. */
  readonly seenAt: Instant;
}

/** An account is a guest as long as it is found by a device; proving an address takes the device away. */
export const isGuest = (identifiers: readonly Pick<Identifier, "kind">[]): boolean =>
  identifiers.some(({ kind }) => kind === "device");
