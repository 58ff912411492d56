import type { Kysely } from "kysely";
import { clockSkew } from "#core/clock-skew.js";
import type { OneTimeCodeStore } from "#core/factors/one-time-code-store.js";
import type { CodePurpose } from "#core/refusal.js";
import { upsertRow } from "./insert-row.js";
import { changed, prepared } from "./prepared.js";
import { orUndefined, type StoreContext } from "./store-context.js";
import type { Tables } from "./tables.js";
import { purgeRows } from "./purge-rows.js";

export const oneTimeCodeStore = (context: StoreContext): OneTimeCodeStore => {
  const { db, realmId } = context;
  return {
    async replace({ subject, purpose, accountId, codeHash, createdAt, expiresAt }) {
      await upsertRow(context, "one_time_code", ["realm_id", "subject"], {
        realm_id: realmId,
        subject,
        purpose,
        account_id: accountId ?? null,
        code_hash: codeHash ?? null,
        tries: 0,
        created_at: createdAt,
        expires_at: expiresAt,
        used_at: null,
      });
    },
    async countTry(subject, tries, at) {
      const newest = at + clockSkew;
      if (changed(await countTry(context, { realmId, subject, tries, at, newest })) === 1) return "counted";
      const code = await db
        .selectFrom("one_time_code")
        .select(["created_at", "expires_at"])
        .where("realm_id", "=", realmId)
        .where("subject", "=", subject)
        .executeTakeFirst();
      if (code === undefined) return "absent";
      return code.expires_at <= at || code.created_at > newest ? "over" : "spent";
    },
    async fits(subject, codeHash, at) {
      const row = await db
        .selectFrom("one_time_code")
        .select("code_hash")
        .where("realm_id", "=", realmId)
        .where("subject", "=", subject)
        .where("used_at", "is", null)
        .where("expires_at", ">", at)
        .where("created_at", "<=", at + clockSkew)
        .executeTakeFirst();
      // Both are keyed hashes: where they differ tells nothing of the code.
      return row?.code_hash === codeHash;
    },
    async consume(subject, codeHash, at) {
      const values = { realmId, subject, codeHash, at, newest: at + clockSkew };
      return changed(await consume(context, values)) === 1;
    },
    async listOf(accountId) {
      const rows = await db
        .selectFrom("one_time_code")
        .select(["purpose", "tries", "created_at", "expires_at", "used_at"])
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .orderBy("created_at", "desc")
        .execute();
      return rows.map((row) => ({
        accountId,
        // Written by `replace`, from a `CodePurpose`.
        purpose: row.purpose as CodePurpose,
        tries: row.tries,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        usedAt: orUndefined(row.used_at),
      }));
    },
    async remove(subject) {
      await db.deleteFrom("one_time_code").where("realm_id", "=", realmId).where("subject", "=", subject).execute();
    },
    async removeAll(accountId) {
      await db
        .deleteFrom("one_time_code")
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .execute();
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "one_time_code", key: "subject", at: "expires_at", before, limit }),
  };
};

interface Trial {
  readonly realmId: string;
  readonly subject: string;
  readonly at: number;
  /** What was made later was made before the clock was set back. */
  readonly newest: number;
}

const liveCode = (db: Kysely<Tables>, { realmId, subject, at, newest }: Trial) =>
  db
    .updateTable("one_time_code")
    .where("realm_id", "=", realmId)
    .where("subject", "=", subject)
    .where("used_at", "is", null)
    .where("expires_at", ">", at)
    .where("created_at", "<=", newest);

const countTry = prepared((db, values: Trial & { readonly tries: number }) =>
  liveCode(db, values)
    .where("tries", "<", values.tries)
    .set((row) => ({ tries: row("tries", "+", 1) })),
);

const consume = prepared((db, values: Trial & { readonly codeHash: string }) =>
  liveCode(db, values).where("code_hash", "=", values.codeHash).set({ used_at: values.at }),
);
