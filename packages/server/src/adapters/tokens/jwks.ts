import type { JsonWebKey } from "node:crypto";
import type { KeyRing } from "./key-ring.js";

/** The JSON Web Key Set (RFC 7517 section 5) of a realm: public members only. */
export const publicKeySet = async (ring: KeyRing): Promise<{ readonly keys: readonly JsonWebKey[] }> => ({
  keys: await ring.published(),
});
