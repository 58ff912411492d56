import type { Instant, RealmId } from "../ids.js";

/** A tenant: its company code is its id. */
export interface Realm {
  readonly id: RealmId;
  readonly createdAt: Instant;
}

/** A company code as it stands in paths: small letters, digits and hyphens. */
export const parseCompanyCode = (text: string): RealmId | undefined =>
  // Just checked.
  /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(text) ? (text as RealmId) : undefined;
