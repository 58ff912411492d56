import { sql } from "kysely";
import type { BackupCode, FactorStore } from "#core/factors/factor-store.js";
import type { AccountId, Instant } from "#core/ids.js";
import { upsertRow } from "./insert-row.js";
import { prepared } from "./prepared.js";
import { purgeRows } from "./purge-rows.js";
import { affected, orUndefined, sealContext, type StoreContext } from "./store-context.js";

export const factorStore = (context: StoreContext): FactorStore => {
  const { db, realmId, secrets } = context;
  const key = ["realm_id", "account_id"] as const;
  const challengeOf = (subject: string) =>
    db
      .selectFrom("memorable_challenge")
      .selectAll()
      .where("realm_id", "=", realmId)
      .where("subject", "=", subject)
      .executeTakeFirst();
  const wordsOf = (accountId: AccountId) =>
    db
      .selectFrom("memorable_word")
      .selectAll()
      .where("realm_id", "=", realmId)
      .where("account_id", "=", accountId)
      .executeTakeFirst();
  const questionOf = async (accountId: AccountId) => {
    const row = await db
      .selectFrom("control_question")
      .selectAll()
      .where("realm_id", "=", realmId)
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const question = secrets.unseal("control-question", sealContext(context, accountId), row.sealed_question);
    return { question, answerHash: row.answer_hash, setAt: row.set_at };
  };
  return {
    async enrolled(accountId) {
      const { rows } = await countEnrolled(context, accountId);
      const [row] = rows;
      return {
        hasSecondFactor: row?.second_factor === 1,
        hasMemorableWords: Number(row?.words ?? 0) > 0,
        hasControlQuestion: Number(row?.questions ?? 0) > 0,
        backupCodes: Number(row?.codes ?? 0),
      };
    },
    async setSecondFactor(accountId, isOn, at) {
      await upsertRow(context, "second_factor", key, {
        realm_id: realmId,
        account_id: accountId,
        is_on: isOn ? 1 : 0,
        changed_at: at,
      });
    },
    replaceBackupCodes: (accountId, codes, at) =>
      context.atomically((bound) => putBackupCodes(bound, { accountId, codes, at })),
    async findBackupCode(accountId, slot) {
      const row = await db
        .selectFrom("backup_code")
        .select("hash")
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .where("slot", "=", slot)
        .where("used_at", "is", null)
        .executeTakeFirst();
      return row?.hash;
    },
    async useBackupCode(accountId, { slot, hash }, at) {
      const results = await db
        .updateTable("backup_code")
        .set({ used_at: at })
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .where("slot", "=", slot)
        .where("hash", "=", hash)
        .where("used_at", "is", null)
        .execute();
      return affected(results) === 1;
    },
    async setMemorableWords(accountId, words, at) {
      const sealed = secrets.seal("memorable-words", sealContext(context, accountId), JSON.stringify(words));
      await context.atomically(async (bound) => {
        await upsertRow(bound, "memorable_word", key, {
          realm_id: realmId,
          account_id: accountId,
          sealed_words: sealed,
          set_at: at,
        });
        await factorStore(bound).unpinPositions(accountId);
      });
    },
    async memorableWords(accountId) {
      const row = await wordsOf(accountId);
      if (row === undefined) return undefined;
      // Sealed by `setMemorableWords`, from such a list.
      return JSON.parse(
        secrets.unseal("memorable-words", sealContext(context, accountId), row.sealed_words),
      ) as readonly string[];
    },
    async pinPositions(subject, drawn, { at, drawnBefore }) {
      await pin(context, { subject, positions: JSON.stringify(drawn), at, drawnBefore });
      const row = await challengeOf(subject);
      // Written just above, or by somebody who was first; answered meanwhile, they are free again.
      return row === undefined ? drawn : (JSON.parse(row.positions) as readonly number[]);
    },
    async unpinPositions(subject) {
      await db
        .deleteFrom("memorable_challenge")
        .where("realm_id", "=", realmId)
        .where("subject", "=", subject)
        .execute();
    },
    async setControlQuestion(accountId, { question, answerHash }, at) {
      await upsertRow(context, "control_question", key, {
        realm_id: realmId,
        account_id: accountId,
        sealed_question: secrets.seal("control-question", sealContext(context, accountId), question),
        answer_hash: answerHash,
        set_at: at,
      });
    },
    async controlQuestion(accountId) {
      const found = await questionOf(accountId);
      return found && { question: found.question, answerHash: found.answerHash };
    },
    async describe(accountId) {
      const secondFactor = await db
        .selectFrom("second_factor")
        .select(["is_on", "changed_at"])
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .where("changed_at", "is not", null)
        .executeTakeFirst();
      const codes = await db
        .selectFrom("backup_code")
        .select(["created_at", "used_at"])
        .where("realm_id", "=", realmId)
        .where("account_id", "=", accountId)
        .orderBy("slot")
        .execute();
      const question = await questionOf(accountId);
      return {
        secondFactor: secondFactor && { isOn: secondFactor.is_on === 1, changedAt: secondFactor.changed_at ?? 0 },
        backupCodes: codes.map((code) => ({ createdAt: code.created_at, usedAt: orUndefined(code.used_at) })),
        memorableWordsSetAt: (await wordsOf(accountId))?.set_at,
        positionsDrawnAt: (await challengeOf(accountId))?.drawn_at,
        controlQuestion: question && { question: question.question, setAt: question.setAt },
      };
    },
    async removeAll(accountId) {
      await context.atomically(async (bound) => {
        for (const table of factorTables) {
          await bound.db
            .deleteFrom(table)
            .where("realm_id", "=", realmId)
            .where("account_id", "=", accountId)
            .execute();
        }
        await factorStore(bound).unpinPositions(accountId);
      });
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "memorable_challenge", key: "subject", at: "drawn_at", before, limit }),
  };
};

const factorTables = ["second_factor", "backup_code", "memorable_word", "control_question"] as const;

interface EnrolledRow {
  readonly second_factor: number | null;
  readonly words: number | bigint | string;
  readonly questions: number | bigint | string;
  readonly codes: number | bigint | string;
}

const countEnrolled = ({ db, realmId }: StoreContext, accountId: AccountId) => {
  const its = sql`realm_id = ${realmId} and account_id = ${accountId}`;
  return sql<EnrolledRow>`select
    (select is_on from second_factor where ${its}) as second_factor,
    (select count(*) from memorable_word where ${its}) as words,
    (select count(*) from control_question where ${its}) as questions,
    (select count(*) from backup_code where ${its} and used_at is null) as codes`.execute(db);
};

/** Two at once would each leave the other's codes, which they do not see yet: the account's head lets one after the other. */
const putBackupCodes = async (
  context: StoreContext,
  {
    accountId,
    codes,
    at,
  }: { readonly accountId: AccountId; readonly codes: readonly BackupCode[]; readonly at: Instant },
): Promise<void> => {
  const { db, realmId } = context;
  await lockHead(context, { realmId, accountId });
  await db.deleteFrom("backup_code").where("realm_id", "=", realmId).where("account_id", "=", accountId).execute();
  if (codes.length === 0) return;
  const rows = codes.map(({ slot, hash }) => ({
    realm_id: realmId,
    account_id: accountId,
    slot,
    hash,
    created_at: at,
    used_at: null,
  }));
  await db.insertInto("backup_code").values(rows).execute();
};

/** Makes the head where there is none; one that is there stays as it is, and is locked until the transaction's end. */
const lockHead = prepared(
  (db, { realmId, accountId }: { readonly realmId: string; readonly accountId: string }, dialect) => {
    const insert = db
      .insertInto("second_factor")
      .values({ realm_id: realmId, account_id: accountId, is_on: 0, changed_at: null });
    return dialect.upsert === "on-conflict"
      ? insert.onConflict((conflict) => conflict.columns(["realm_id", "account_id"]).doUpdateSet({ realm_id: realmId }))
      : insert.onDuplicateKeyUpdate({ realm_id: realmId });
  },
);

interface Pin {
  readonly subject: string;
  readonly positions: string;
  readonly at: Instant;
  readonly drawnBefore: Instant;
}

const pin = ({ db, dialect, realmId }: StoreContext, { subject, positions, at, drawnBefore }: Pin) => {
  const otherwise =
    dialect.upsert === "on-conflict"
      ? sql`on conflict (realm_id, subject) do update set positions = excluded.positions, drawn_at = excluded.drawn_at
          where memorable_challenge.drawn_at <= ${drawnBefore}`
      : // MariaDB assigns from left to right and sees what it assigned: a column is read before it is set.
        sql`on duplicate key update positions = if(drawn_at <= ${drawnBefore}, values(positions), positions),
          drawn_at = if(drawn_at <= ${drawnBefore}, values(drawn_at), drawn_at)`;
  return sql`insert into memorable_challenge (realm_id, subject, positions, drawn_at)
    values (${realmId}, ${subject}, ${positions}, ${at}) ${otherwise}`.execute(db);
};
