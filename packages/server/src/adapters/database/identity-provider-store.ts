import type { IdentityProviderStore } from "#core/identities/identity-provider-store.js";
import { insertIfAbsent } from "./insert-row.js";
import { affected, orUndefined, sealContext, type StoreContext } from "./store-context.js";

export const identityProviderStore = (context: StoreContext): IdentityProviderStore => {
  const { db, realmId, secrets } = context;
  const contextOf = (name: string): string => sealContext(context, name);
  return {
    insert: ({ name, configuration, createdAt }) =>
      insertIfAbsent(context, "identity_provider", {
        realm_id: realmId,
        name,
        sealed_configuration: secrets.seal("identity-provider", contextOf(name), configuration),
        created_at: createdAt,
        disabled_at: null,
      }),
    async replace(name, configuration) {
      const results = await db
        .updateTable("identity_provider")
        .set({
          sealed_configuration: secrets.seal("identity-provider", contextOf(name), configuration),
          disabled_at: null,
        })
        .where("realm_id", "=", realmId)
        .where("name", "=", name)
        .execute();
      return affected(results) === 1;
    },
    async list() {
      const rows = await db
        .selectFrom("identity_provider")
        .selectAll()
        .where("realm_id", "=", realmId)
        .orderBy("name")
        .execute();
      return rows.map((row) => ({
        name: row.name,
        configuration: secrets.unseal("identity-provider", contextOf(row.name), row.sealed_configuration),
        createdAt: row.created_at,
        disabledAt: orUndefined(row.disabled_at),
      }));
    },
    async disable(name, at) {
      const results = await db
        .updateTable("identity_provider")
        .set({ disabled_at: at })
        .where("realm_id", "=", realmId)
        .where("name", "=", name)
        .where("disabled_at", "is", null)
        .execute();
      return affected(results) === 1;
    },
  };
};
