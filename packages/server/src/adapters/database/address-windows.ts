import type { StoredAddressWindows } from "#core/limits/address-windows.js";
import { insertIfAbsent } from "./insert-row.js";
import { changed, prepared } from "./prepared.js";
import type { StoreContext } from "./store-context.js";
import { purgeRows } from "./purge-rows.js";

export const addressWindows = (context: StoreContext): StoredAddressWindows => {
  const { db, realmId } = context;
  return {
    async take(key, { limit, windowIn }, at) {
      if (limit < 1) return windowIn;
      const values = { realmId, key, limit, at, before: at - windowIn };
      const count = async (): Promise<boolean> => changed(await countUse(context, values)) === 1;
      if (await count()) return undefined;
      const isFirst = await insertIfAbsent(context, "address_window", {
        realm_id: realmId,
        window_key: key,
        used: 1,
        began_at: at,
      });
      if (isFirst || (await count())) return undefined;
      const window = await db
        .selectFrom("address_window")
        .select("began_at")
        .where("realm_id", "=", realmId)
        .where("window_key", "=", key)
        .executeTakeFirst();
      const endsIn = (window?.began_at ?? at) + windowIn - at;
      return Math.min(Math.max(endsIn, 1), windowIn);
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "address_window", key: "window_key", at: "began_at", before, limit }),
  };
};

interface Use {
  readonly realmId: string;
  readonly key: string;
  readonly limit: number;
  readonly at: number;
  /** A window that began until then is over. */
  readonly before: number;
}

const countUse = prepared((db, { realmId, key, limit, at, before }: Use) =>
  db
    .updateTable("address_window")
    .where("realm_id", "=", realmId)
    .where("window_key", "=", key)
    .where((row) => row.or([row("began_at", "<=", before), row("used", "<", limit)]))
    // MariaDB assigns from left to right and sees what it assigned: a column is read before it is set.
    .set((row) => ({
      used: row
        .case()
        .when("began_at", "<=", before)
        .then(1)
        .else(row("used", "+", 1))
        .end(),
      began_at: row.case().when("began_at", "<=", before).then(row.val(at)).else(row.ref("began_at")).end(),
    })),
);
