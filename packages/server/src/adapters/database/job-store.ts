import type { JobStore } from "#core/jobs/job-store.js";
import { insertIfAbsent } from "./insert-row.js";
import { affected, orUndefined, type StoreContext } from "./store-context.js";

export const jobStore = (context: StoreContext): JobStore => {
  const { db, realmId } = context;
  return {
    async lease({ name, owner, now, leasedUntil, everyIn }) {
      const results = await db
        .updateTable("job")
        .set({ owner, leased_until: leasedUntil, started_at: now })
        .where("realm_id", "=", realmId)
        .where("name", "=", name)
        .where("leased_until", "<=", now)
        .where("started_at", "<=", now - everyIn)
        .execute();
      if (affected(results) === 1) return true;
      // The first run ever; a row that is there was refused above.
      return insertIfAbsent(context, "job", {
        realm_id: realmId,
        name,
        owner,
        leased_until: leasedUntil,
        started_at: now,
        finished_at: null,
        done: 0,
        error: "",
      });
    },
    async finish(name, owner, { at, done, error }) {
      await db
        .updateTable("job")
        .set({ leased_until: at, finished_at: at, done, error })
        .where("realm_id", "=", realmId)
        .where("name", "=", name)
        .where("owner", "=", owner)
        .execute();
    },
    async list() {
      const rows = await db.selectFrom("job").selectAll().where("realm_id", "=", realmId).orderBy("name").execute();
      return rows.map((row) => ({
        name: row.name,
        owner: row.owner,
        leasedUntil: row.leased_until,
        startedAt: row.started_at,
        finishedAt: orUndefined(row.finished_at),
        done: row.done,
        error: row.error,
      }));
    },
  };
};
