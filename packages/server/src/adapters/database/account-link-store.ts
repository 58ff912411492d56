import type { AccountId } from "#core/ids.js";
import type { AccountLinkStore, LinkPurpose } from "#core/recovery/account-link-store.js";
import { upsertRow } from "./insert-row.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";
import { purgeRows } from "./purge-rows.js";

/** One row an account and purpose: a newer link overwrites it, which kills the older one. */
export const accountLinkStore = (context: StoreContext): AccountLinkStore => {
  const { db, realmId } = context;
  const live = (tokenHash: string, purpose: LinkPurpose, now: number) =>
    db
      .selectFrom("account_link")
      .select("account_id")
      .where("realm_id", "=", realmId)
      .where("token_hash", "=", tokenHash)
      .where("purpose", "=", purpose)
      .where("used_at", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirst();
  return {
    async replace({ tokenHash, purpose, accountId, createdAt, expiresAt }) {
      await upsertRow(context, "account_link", ["realm_id", "account_id", "purpose"], {
        realm_id: realmId,
        account_id: accountId,
        purpose,
        token_hash: tokenHash,
        created_at: createdAt,
        expires_at: expiresAt,
        used_at: null,
      });
    },
    async find(tokenHash, purpose, now) {
      // Written by `replace`, from an `AccountId`.
      return (await live(tokenHash, purpose, now))?.account_id as AccountId | undefined;
    },
    async consume(tokenHash, purpose, now) {
      // The account of a token's hash never changes, so that reading it first decides nothing.
      const link = await live(tokenHash, purpose, now);
      if (link === undefined) return undefined;
      const results = await db
        .updateTable("account_link")
        .set({ used_at: now })
        .where("realm_id", "=", realmId)
        .where("token_hash", "=", tokenHash)
        .where("purpose", "=", purpose)
        .where("used_at", "is", null)
        .where("expires_at", ">", now)
        .execute();
      // Written by `replace`, from an `AccountId`.
      return affected(results) === 1 ? (link.account_id as AccountId) : undefined;
    },
    async listOf(accountId) {
      const rows = await db
        .selectFrom("account_link")
        .select(["purpose", "created_at", "expires_at", "used_at"])
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .orderBy("created_at", "desc")
        .execute();
      return rows.map((row) => ({
        accountId,
        // Written by `replace`, from a `LinkPurpose`.
        purpose: row.purpose as LinkPurpose,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        usedAt: orUndefined(row.used_at),
      }));
    },
    async removeAll(accountId) {
      await db.deleteFrom("account_link").where("realm_id", "=", realmId).where("account_id", "=", accountId).execute();
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "account_link", key: "token_hash", at: "expires_at", before, limit }),
  };
};
