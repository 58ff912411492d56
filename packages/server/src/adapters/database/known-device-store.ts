import type { KnownDeviceStore } from "#core/sign-in/known-device-store.js";
import { upsertRow } from "./insert-row.js";
import { affected, type StoreContext } from "./store-context.js";

/** Devices are named one by one in a condition, whose depth SQLite bounds. */
const mostAtOnce = 200;

export const knownDeviceStore = ({ db, dialect, realmId }: StoreContext): KnownDeviceStore => ({
  async remember(accountId, device, at) {
    const row = { realm_id: realmId, account_id: accountId, device, seen_at: at };
    await upsertRow({ db, dialect }, "known_device", ["realm_id", "account_id", "device"], row);
  },
  async isKnown(accountId, device, since) {
    const row = await db
      .selectFrom("known_device")
      .select("seen_at")
      .where("realm_id", "=", realmId)
      .where("account_id", "=", accountId)
      .where("device", "=", device)
      .where("seen_at", ">", since)
      .executeTakeFirst();
    return row !== undefined;
  },
  async listOf(accountId) {
    const rows = await db
      .selectFrom("known_device")
      .select(["device", "seen_at"])
      .where("realm_id", "=", realmId)
      .where("account_id", "=", accountId)
      .orderBy("seen_at", "desc")
      .execute();
    return rows.map(({ device, seen_at }) => ({ device, seenAt: seen_at }));
  },
  async purge(before, limit) {
    const old = await db
      .selectFrom("known_device")
      .select(["account_id", "device"])
      .where("realm_id", "=", realmId)
      .where("seen_at", "<=", before)
      .limit(Math.min(limit, mostAtOnce))
      .execute();
    if (old.length === 0) return 0;
    const results = await db
      .deleteFrom("known_device")
      .where("realm_id", "=", realmId)
      .where("seen_at", "<=", before)
      .where((row) =>
        row.or(
          old.map(({ account_id, device }) =>
            row.and([row("account_id", "=", account_id), row("device", "=", device)]),
          ),
        ),
      )
      .execute();
    return affected(results);
  },
});
