import type { SingleUseStore } from "#core/limits/single-use-store.js";
import { insertIfAbsent } from "./insert-row.js";
import { purgeRows } from "./purge-rows.js";
import type { StoreContext } from "./store-context.js";

export const singleUseStore = (context: StoreContext): SingleUseStore => ({
  spend: (purpose, valueHash, expiresAt) =>
    insertIfAbsent(context, "single_use", {
      realm_id: context.realmId,
      purpose,
      value_hash: valueHash,
      expires_at: expiresAt,
    }),
  purge: (before, limit) =>
    purgeRows(context, { table: "single_use", key: "value_hash", at: "expires_at", before, limit }),
});
