import { type Selectable, sql } from "kysely";
import type { ApiKey, ApiSecret } from "#core/api-keys/api-key.js";
import type { ApiKeyStore } from "#core/api-keys/api-key-store.js";
import { defaultKeyPolicy, type KeyPolicy } from "#core/api-keys/key-policy.js";
import type { ApiKeyId, ApiSecretId } from "#core/ids.js";
import { insertRow } from "./insert-row.js";
import { prepared } from "./prepared.js";
import { affected, orUndefined, sealContext, type StoreContext } from "./store-context.js";
import type { ApiKeySecretTable, ApiKeyTable } from "./tables.js";

export const apiKeyStore = (context: StoreContext): ApiKeyStore => {
  const { db, realmId, secrets } = context;
  const keys = () => db.selectFrom("api_key").selectAll().where("realm_id", "=", realmId);
  const keyToChange = (id: ApiKeyId) =>
    db.updateTable("api_key").where("realm_id", "=", realmId).where("api_key_id", "=", id);
  /** A secret opens in its own row, of its own key, only. */
  const contextOf = (keyId: string, secretId: string): string => sealContext(context, keyId, secretId);
  // Ids were written by `insertSecret`, from these types.
  const secretOf = (row: Selectable<ApiKeySecretTable>): ApiSecret => ({
    id: row.secret_id as ApiSecretId,
    keyId: row.api_key_id as ApiKeyId,
    secret: secrets.unseal("api-secret", contextOf(row.api_key_id, row.secret_id), row.sealed_secret),
    createdAt: row.created_at,
    expiresAt: orUndefined(row.expires_at),
  });
  return {
    async insert(key) {
      await insertRow(context, "api_key", {
        realm_id: realmId,
        api_key_id: key.id,
        key_hash: key.keyHash,
        name: key.name,
        policy: JSON.stringify(key.policy),
        is_development: key.isDevelopment ? 1 : 0,
        created_at: key.createdAt,
        expires_at: key.expiresAt ?? null,
        disabled_at: key.disabledAt ?? null,
      });
    },
    async findByHash(keyHash) {
      const { rows } = await selectByHash(context, { realmId, keyHash });
      return rows.map(keyOf)[0];
    },
    async find(id) {
      const row = await keys().where("api_key_id", "=", id).executeTakeFirst();
      return row && keyOf(row);
    },
    async list() {
      const rows = await keys().orderBy("created_at", "desc").orderBy("api_key_id", "desc").execute();
      return rows.map(keyOf);
    },
    async changePolicy(id, policy) {
      return (
        affected(
          await keyToChange(id)
            .set({ policy: JSON.stringify(policy) })
            .execute(),
        ) === 1
      );
    },
    async disable(id, at) {
      return affected(await keyToChange(id).where("disabled_at", "is", null).set({ disabled_at: at }).execute()) === 1;
    },
    async enable(id) {
      const disabled = keyToChange(id).where("disabled_at", "is not", null);
      return affected(await disabled.set({ disabled_at: null }).execute()) === 1;
    },
    async insertSecret({ id, keyId, secret, createdAt, expiresAt }) {
      await insertRow(context, "api_key_secret", {
        realm_id: realmId,
        secret_id: id,
        api_key_id: keyId,
        sealed_secret: secrets.seal("api-secret", contextOf(keyId, id), secret),
        created_at: createdAt,
        expires_at: expiresAt ?? null,
      });
    },
    async secretsOf(id, at) {
      const rows = await db
        .selectFrom("api_key_secret")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("api_key_id", "=", id)
        .where((row) => row.or([row("expires_at", "is", null), row("expires_at", ">", at)]))
        .orderBy("created_at", "desc")
        .orderBy("secret_id", "desc")
        .execute();
      return rows.map(secretOf);
    },
    async expireSecret(id, at) {
      const results = await db
        .updateTable("api_key_secret")
        .set({ expires_at: at })
        .where("realm_id", "=", realmId)
        .where("secret_id", "=", id)
        // An end never moves away.
        .where((row) => row.or([row("expires_at", "is", null), row("expires_at", ">", at)]))
        .execute();
      return affected(results) === 1;
    },
    async listsOrigin(origin, at) {
      // What the pattern matches beyond the origin itself is sorted out below; what it misses is no origin.
      const pattern = `%${JSON.stringify(origin)}%`;
      const rows = await keys()
        .where("disabled_at", "is", null)
        .where((row) => row.or([row("expires_at", "is", null), row("expires_at", ">", at)]))
        .where(sql<boolean>`policy like ${pattern}`)
        .execute();
      return rows.some((row) => keyOf(row).policy.origins.includes(origin));
    },
  };
};

/** The read behind every request of a client application. */
const selectByHash = prepared((db, { realmId, keyHash }: { readonly realmId: string; readonly keyHash: string }) =>
  db.selectFrom("api_key").selectAll().where("realm_id", "=", realmId).where("key_hash", "=", keyHash),
);

const keyOf = (row: Selectable<ApiKeyTable>): ApiKey => ({
  // Written by `insert`, from an `ApiKeyId`.
  id: row.api_key_id as ApiKeyId,
  policy: policyOf(row.policy),
  keyHash: row.key_hash,
  name: row.name,
  isDevelopment: row.is_development === 1,
  createdAt: row.created_at,
  expiresAt: orUndefined(row.expires_at),
  disabledAt: orUndefined(row.disabled_at),
});

/** Members that JSON leaves out, or that an older version did not know, are those of the default. */
const policyOf = (text: string): KeyPolicy => {
  // Written by this store, from a `KeyPolicy`.
  const kept = JSON.parse(text) as Partial<KeyPolicy>;
  const { captcha, factors, signUp, recovery } = defaultKeyPolicy;
  return {
    ...defaultKeyPolicy,
    ...kept,
    captcha: { ...captcha, ...kept.captcha },
    factors: { ...factors, ...kept.factors },
    signUp: { ...signUp, ...kept.signUp },
    recovery: { ...recovery, ...kept.recovery },
  };
};
