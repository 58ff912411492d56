import { type Kysely, type Selectable, sql } from "kysely";
import { type GrowingPauses, growingPauses } from "#core/limits/attempt-budget.js";
import type { AttemptStore, CountedAttempts } from "#core/limits/attempt-store.js";
import { insertIfAbsent } from "./insert-row.js";
import { changed, prepared } from "./prepared.js";
import { affected, type StoreContext } from "./store-context.js";
import { purgeRows } from "./purge-rows.js";
import type { AttemptBudgetTable, Tables } from "./tables.js";

export const attemptStore = (context: StoreContext): AttemptStore => {
  const { db, realmId } = context;
  const rowOf = (subject: string) =>
    db.updateTable("attempt_budget").where("realm_id", "=", realmId).where("subject", "=", subject);
  return {
    async take(subject, { limit, restIn, disabledAt, pauses }, at) {
      if (limit < 1 || disabledAt < 1) return false;
      const values = { realmId, subject, limit, at, rested: at - restIn, disabledAt, last: disabledAt - 1 };
      const count = async (): Promise<boolean> =>
        pauses === undefined
          ? changed(await countTry(context, values)) === 1
          : countUnlessPaused(context, values, pauses);
      if (await count()) return true;
      const isFirst = await insertIfAbsent(context, "attempt_budget", {
        realm_id: realmId,
        subject,
        used: 1,
        failed_in_row: 1,
        last_at: at,
        is_disabled: disabledAt === 1 ? 1 : 0,
      });
      // Refused above, or somebody else was first meanwhile: the same condition decides.
      return isFirst || count();
    },
    async succeed(subject) {
      await endFailures(context, { realmId, subject });
    },
    async refill(subject) {
      // Not deleted: who is counted at the same time would meet, on MariaDB, in the gap that the row leaves.
      await rowOf(subject).set({ used: 0, failed_in_row: 0, is_disabled: 0 }).execute();
    },
    async endRow(subject) {
      await rowOf(subject).where("is_disabled", "=", 0).set({ failed_in_row: 0 }).execute();
    },
    async withdraw(subject) {
      await rowOf(subject)
        .set((row) => ({
          used: row
            .case()
            .when("used", ">", 0)
            .then(row("used", "-", 1))
            .else(0)
            .end(),
          failed_in_row: row
            .case()
            .when("failed_in_row", ">", 0)
            .then(row("failed_in_row", "-", 1))
            .else(0)
            .end(),
          is_disabled: 0,
        }))
        .execute();
    },
    async reopen(subject) {
      await rowOf(subject).set({ failed_in_row: 0, is_disabled: 0 }).execute();
    },
    async reset(subject) {
      await db.deleteFrom("attempt_budget").where("realm_id", "=", realmId).where("subject", "=", subject).execute();
    },
    async find(subject) {
      const row = await db
        .selectFrom("attempt_budget")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("subject", "=", subject)
        .executeTakeFirst();
      return row && attemptsOf(row);
    },
    async list(beginning) {
      const rows = await db
        .selectFrom("attempt_budget")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("subject", ">=", beginning)
        .where("subject", "<=", beginning + highest)
        .orderBy("subject")
        .execute();
      return rows.map((row) => ({ subject: row.subject, ...attemptsOf(row) }));
    },
    async resetAll(beginning) {
      await db
        .deleteFrom("attempt_budget")
        .where("realm_id", "=", realmId)
        .where("subject", ">=", beginning)
        .where("subject", "<=", beginning + highest)
        .execute();
    },
    purge: (before, limit) =>
      purgeRows(context, {
        table: "attempt_budget",
        key: "subject",
        at: "last_at",
        before,
        limit,
        only: sql`is_disabled = 0`,
      }),
  };
};

/** Above every text that begins with another, since engines compare by code point. */
const highest = "\u{10ffff}";

const attemptsOf = (row: Selectable<AttemptBudgetTable>): CountedAttempts => ({
  used: row.used,
  failedInRow: row.failed_in_row,
  lastAt: row.last_at,
  isDisabled: row.is_disabled === 1,
});

interface Try {
  readonly realmId: string;
  readonly subject: string;
  readonly limit: number;
  readonly at: number;
  /** A budget last used until then is full again. */
  readonly rested: number;
  readonly disabledAt: number;
  /** The failure in a row that disables the factor comes after so many. */
  readonly last: number;
}

const countTry = prepared((db, values: Try) => counted(db, values));

/** The same, of a row that has paused long enough for its failures. Pauses grow, so that one rung of the ladder is enough. */
const countUnlessPaused = async ({ db }: StoreContext, values: Try, pauses: GrowingPauses): Promise<boolean> => {
  const rungs = growingPauses(pauses).map((pause, step) => ({
    below: pauses.after + step + 1,
    until: values.at - pause,
  }));
  const results = await counted(db, values)
    .where((row) =>
      row.or([
        row("failed_in_row", "<", pauses.after),
        ...rungs.map(({ below, until }) => row.and([row("failed_in_row", "<", below), row("last_at", "<=", until)])),
        row("last_at", "<=", values.at - pauses.longestIn),
      ]),
    )
    .execute();
  return affected(results) === 1;
};

/** One try more, where the row gives one. */
const counted = (db: Kysely<Tables>, { realmId, subject, limit, at, rested, disabledAt, last }: Try) =>
  db
    .updateTable("attempt_budget")
    .where("realm_id", "=", realmId)
    .where("subject", "=", subject)
    .where("failed_in_row", "<", disabledAt)
    .where((row) => row.or([row("last_at", "<=", rested), row("used", "<", limit)]))
    // MariaDB assigns from left to right and sees what it assigned: a column is read before it is set.
    .set((row) => ({
      is_disabled: row.case().when("failed_in_row", ">=", last).then(1).else(0).end(),
      failed_in_row: row("failed_in_row", "+", 1),
      used: row
        .case()
        .when("last_at", "<=", rested)
        .then(1)
        .else(row("used", "+", 1))
        .end(),
      last_at: row.case().when("last_at", ">", at).then(row.ref("last_at")).else(row.val(at)).end(),
    }));

const endFailures = prepared((db, { realmId, subject }: Pick<Try, "realmId" | "subject">) =>
  db
    .updateTable("attempt_budget")
    .where("realm_id", "=", realmId)
    .where("subject", "=", subject)
    .set((row) => ({
      used: row
        .case()
        .when("used", ">", 0)
        .then(row("used", "-", 1))
        .else(0)
        .end(),
      failed_in_row: 0,
      is_disabled: 0,
    })),
);
