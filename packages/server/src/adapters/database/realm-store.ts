import type { RealmId } from "#core/ids.js";
import type { RealmStore } from "#core/realms/realm-store.js";
import { insertIfAbsent } from "./insert-row.js";
import type { StoreContext } from "./store-context.js";

/** Of the installation: the only store beside the queue and the jobs that is bound to no realm. */
export const realmStore = (context: StoreContext): RealmStore => {
  const { db } = context;
  return {
    insert: ({ id, createdAt }) => insertIfAbsent(context, "realm", { realm_id: id, created_at: createdAt }),
    async find(id) {
      const row = await db.selectFrom("realm").selectAll().where("realm_id", "=", id).executeTakeFirst();
      return row && { id, createdAt: row.created_at };
    },
    async list() {
      const rows = await db.selectFrom("realm").selectAll().orderBy("realm_id").execute();
      // Written by `insert`, from a `RealmId`.
      return rows.map((row) => ({ id: row.realm_id as RealmId, createdAt: row.created_at }));
    },
  };
};
