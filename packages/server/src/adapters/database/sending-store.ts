import type { SendingStore } from "#core/limits/sending-store.js";
import { changed, prepared } from "./prepared.js";
import type { StoreContext } from "./store-context.js";
import { purgeRows } from "./purge-rows.js";

const hour = 3_600_000;
const day = 24 * hour;

export const sendingStore = (context: StoreContext): SendingStore => {
  const { db, realmId } = context;
  return {
    async take(subject, { pauseIn, perHour, perDay }, at) {
      if (perHour < 1 || perDay < 1) return day;
      const values = {
        realmId,
        subject,
        at,
        unused: at - pauseIn,
        // Without a pause the clock of another node, which may be ahead, is no reason to wait.
        rested: pauseIn === 0 ? at + day : at - pauseIn,
        perHour,
        hourBefore: at - hour,
        perDay,
        dayBefore: at - day,
      };
      const count = async (): Promise<boolean> => changed(await countSending(context, values)) === 1;
      if (await count()) return undefined;
      // Nothing was sent yet, or the budget is full: the same condition decides once a row is there.
      await beginSubject(context, values);
      if (await count()) return undefined;
      const row = await db
        .selectFrom("sending_budget")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("subject", "=", subject)
        .executeTakeFirst();
      if (row === undefined) return pauseIn;
      return Math.max(
        1,
        waitIn(row.last_at, pauseIn, at),
        row.hour_used < perHour ? 0 : waitIn(row.hour_began_at, hour, at),
        row.day_used < perDay ? 0 : waitIn(row.day_began_at, day, at),
      );
    },
    async used(beginning, at) {
      const rows = await db
        .selectFrom("sending_budget")
        .selectAll()
        .where("realm_id", "=", realmId)
        .where("subject", "like", `${beginning}%`)
        .orderBy("subject")
        .execute();
      return rows.map((row) => ({
        subject: row.subject,
        inHour: row.hour_began_at > at - hour ? row.hour_used : 0,
        inDay: row.day_began_at > at - day ? row.day_used : 0,
      }));
    },
    purge: (before, limit) =>
      purgeRows(context, { table: "sending_budget", key: "subject", at: "last_at", before, limit }),
  };
};

/** Milliseconds until a window is over; never more than it lasts, also when the clock was set back. */
const waitIn = (beganAt: number, lastsIn: number, at: number): number => Math.min(beganAt + lastsIn - at, lastsIn);

interface Sending {
  readonly realmId: string;
  readonly subject: string;
  readonly at: number;
  /** When the last message of a budget that is new was sent, as it were. */
  readonly unused: number;
  /** The pause after a message at that instant is over. */
  readonly rested: number;
  readonly perHour: number;
  /** A window that began until then is over. */
  readonly hourBefore: number;
  readonly perDay: number;
  readonly dayBefore: number;
}

const countSending = prepared((db, sending: Sending) => {
  const { realmId, subject, at, rested, perHour, hourBefore, perDay, dayBefore } = sending;
  return (
    db
      .updateTable("sending_budget")
      .where("realm_id", "=", realmId)
      .where("subject", "=", subject)
      .where("last_at", "<=", rested)
      .where((row) => row.or([row("hour_began_at", "<=", hourBefore), row("hour_used", "<", perHour)]))
      .where((row) => row.or([row("day_began_at", "<=", dayBefore), row("day_used", "<", perDay)]))
      // MariaDB assigns from left to right and sees what it assigned: a column is read before it is set.
      .set((row) => ({
        hour_used: row
          .case()
          .when("hour_began_at", "<=", hourBefore)
          .then(1)
          .else(row("hour_used", "+", 1))
          .end(),
        hour_began_at: row
          .case()
          .when("hour_began_at", "<=", hourBefore)
          .then(row.val(at))
          .else(row.ref("hour_began_at"))
          .end(),
        day_used: row
          .case()
          .when("day_began_at", "<=", dayBefore)
          .then(1)
          .else(row("day_used", "+", 1))
          .end(),
        day_began_at: row
          .case()
          .when("day_began_at", "<=", dayBefore)
          .then(row.val(at))
          .else(row.ref("day_began_at"))
          .end(),
        last_at: at,
      }))
  );
});

/**
 * A row of which nothing is used; one that is there stays as it is. Not `insertIfAbsent`: on MariaDB a refused insert leaves a
 * shared lock, on which those who then all want to count would meet in a deadlock.
 */
const beginSubject = prepared((db, { realmId, subject, at, unused }: Sending, dialect) => {
  const insert = db.insertInto("sending_budget").values({
    realm_id: realmId,
    subject,
    last_at: unused,
    hour_began_at: at,
    hour_used: 0,
    day_began_at: at,
    day_used: 0,
  });
  return dialect.upsert === "on-conflict"
    ? insert.onConflict((conflict) => conflict.columns(["realm_id", "subject"]).doNothing())
    : insert.onDuplicateKeyUpdate({ realm_id: realmId });
});
