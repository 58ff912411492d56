import type { Selectable } from "kysely";
import type { KeyId } from "#core/ids.js";
import type { SigningAlgorithm, SigningKey } from "#core/signing-keys/signing-key.js";
import type { SigningKeyStore } from "#core/signing-keys/signing-key-store.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";
import type { SigningKeyTable } from "./tables.js";

export const signingKeyStore = ({ db, realmId }: StoreContext): SigningKeyStore => ({
  async list() {
    const rows = await db
      .selectFrom("signing_key")
      .selectAll()
      .where("realm_id", "=", realmId)
      .orderBy("created_at")
      .orderBy("key_id")
      .execute();
    return rows.map(keyOf);
  },
  async insert(key) {
    await db
      .insertInto("signing_key")
      .values({
        realm_id: realmId,
        key_id: key.id,
        algorithm: key.algorithm,
        public_jwk: key.publicJwk,
        sealed_private_jwk: key.sealedPrivateJwk,
        created_at: key.createdAt,
        active_at: key.activeAt,
        retired_at: key.retiredAt ?? null,
        expires_at: key.expiresAt ?? null,
      })
      .execute();
  },
  async retire(algorithm, { madeBefore, retiredAt, expiresAt }) {
    const results = await db
      .updateTable("signing_key")
      .set({ retired_at: retiredAt, expires_at: expiresAt })
      .where("realm_id", "=", realmId)
      .where("algorithm", "=", algorithm)
      .where("retired_at", "is", null)
      .where("created_at", "<", madeBefore)
      .execute();
    return affected(results);
  },
  async reseal(key, from) {
    const results = await db
      .updateTable("signing_key")
      .set({ sealed_private_jwk: key.sealedPrivateJwk })
      .where("realm_id", "=", realmId)
      .where("key_id", "=", key.id)
      .where("sealed_private_jwk", "=", from)
      .execute();
    return affected(results) === 1;
  },
  async purge(before) {
    const results = await db
      .deleteFrom("signing_key")
      .where("realm_id", "=", realmId)
      .where("expires_at", "<=", before)
      .execute();
    return affected(results);
  },
});

// The ids and the algorithm were written by `insert`, from these types.
const keyOf = (row: Selectable<SigningKeyTable>): SigningKey => ({
  id: row.key_id as KeyId,
  algorithm: row.algorithm as SigningAlgorithm,
  publicJwk: row.public_jwk,
  sealedPrivateJwk: row.sealed_private_jwk,
  createdAt: row.created_at,
  activeAt: row.active_at,
  retiredAt: orUndefined(row.retired_at),
  expiresAt: orUndefined(row.expires_at),
});
