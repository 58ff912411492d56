import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import type { Database, RealmDatabase } from "#adapters/database/database.js";
import type { RealmId } from "#core/ids.js";
import { housekeepingJobs } from "#core/jobs/housekeeping.js";
import { codeSending } from "#core/limits/sending-budget.js";
import type { OutboxState } from "#core/outbox/outbox-store.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countRows } from "../engines/read-rows.js";
import { givenAccount, givenCode, givenHandoff, givenMessage, givenPending, givenSignIn, now } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

const minute = 60_000;
const day = 24 * 60 * minute;
const retention = {
  deletedAccountsIn: 30 * day,
  endedSessionsIn: 30 * day,
  idleGuestsIn: 90 * day,
  countersIn: 30 * day,
};

/** What a job removes, and how long behind `now` it is kept. */
const rows: readonly {
  readonly job: string;
  readonly what: string;
  readonly table: string;
  readonly keptIn: number;
  readonly put: (realm: RealmDatabase, realmId: RealmId, database: Database) => Promise<unknown>;
}[] = [
  {
    job: "purge-accounts",
    what: "a deleted account",
    table: "account",
    keptIn: retention.deletedAccountsIn,
    put: ({ stores }) => stores.accounts.insert(givenAccount({ status: "deleted", deletedAt: now })),
  },
  {
    job: "purge-guests",
    what: "a guest who does not come",
    table: "guest",
    keptIn: retention.idleGuestsIn,
    async put({ stores }) {
      const account = givenAccount();
      await stores.accounts.insert(account);
      await stores.guests.insert({ accountId: account.id, secretHash: undefined, seenAt: now });
    },
  },
  {
    job: "purge-registrations",
    what: "a registration",
    table: "pending_registration",
    keptIn: 0,
    put: ({ stores }) => stores.pendingRegistrations.replace(givenPending("a@example.com", { expiresAt: now })),
  },
  {
    job: "purge-codes",
    what: "a code",
    table: "one_time_code",
    keptIn: day,
    put: ({ stores }) => stores.codes.replace(givenCode({ expiresAt: now })),
  },
  {
    job: "purge-handoffs",
    what: "a hand-off",
    table: "handoff",
    keptIn: day,
    put: ({ stores }) => stores.handoffs.insert(givenHandoff({ expiresAt: now })),
  },
  {
    job: "purge-sendings",
    what: "a budget of sendings",
    table: "sending_budget",
    keptIn: day,
    put: ({ stores }) => stores.sendings.take("subject", codeSending, now),
  },
  {
    job: "purge-pending-sessions",
    what: "a session under way",
    table: "pending_session",
    keptIn: day,
    put: ({ stores }) => stores.pendingSessions.insert(givenSignIn({ expiresAt: now })),
  },
  {
    job: "purge-single-use",
    what: "a value that is good once",
    table: "single_use",
    keptIn: 60 * minute,
    put: ({ stores }) => stores.singleUse.spend("captcha", "value", now),
  },
  {
    job: "purge-memorable-challenges",
    what: "positions that are asked for",
    table: "memorable_challenge",
    keptIn: day,
    put: ({ stores }) => stores.factors.pinPositions("subject", [1, 2, 3], { at: now, drawnBefore: now - day }),
  },
  ...(["sent", "dropped"] as const).map((state) => messageRow("purge-sent-messages", state, 7 * day)),
  ...(["dead", "waiting"] as const).map((state) => messageRow("purge-dead-messages", state, 30 * day)),
];

function messageRow(job: string, state: OutboxState, keptIn: number) {
  const put = async ({ stores: { outbox } }: RealmDatabase, realmId: RealmId, { outbox: queue }: Database) => {
    const times = { createdAt: now - 10, expiresAt: state === "sent" ? now + 10 : now };
    const message = givenMessage(state === "dropped" ? { createdAt: now, fate: "drop" } : times);
    await outbox.append(message);
    if (state === "waiting" || state === "dropped") return;
    await queue.lease({ channel: "mail", gateway: "", owner: "one", now, leasedUntil: now + 10, limit: 10 });
    await queue.finish({ id: message.id, realmId }, "one", { kind: "sent", at: now });
  };
  return { job, what: `a ${state} message`, table: "message", keptIn, put };
}

describeOnEveryEngine("housekeeping", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const newRealm = () => {
    const realmId = systemRandom.token(128) as RealmId;
    return { realm: open.database.forRealm(realmId), realmId, inRealm: `realm_id = '${realmId}'` };
  };
  const jobsAt = (realm: RealmDatabase, at: number) =>
    housekeepingJobs({ realms: async () => [realm], clock: { now: () => at }, retention });

  for (const { job, what, table, keptIn, put } of rows) {
    it(`${job} keeps ${what} for ${keptIn} ms, and no longer`, async () => {
      const { realm, realmId, inRealm } = newRealm();
      await put(realm, realmId, open.database);
      const run = async (at: number): Promise<number> => {
        const found = jobsAt(realm, at).find(({ name }) => name === job);
        assert.ok(found);
        return found.run(new AbortController().signal);
      };
      assert.equal(await run(now + keptIn - 1), 0);
      assert.equal(await countRows(open.url, table, inRealm), 1);
      assert.equal(await run(now + keptIn), 1);
      assert.equal(await countRows(open.url, table, inRealm), 0);
      assert.equal(await run(now + keptIn), 0);
    });
  }

  /** So many codes that are over, in each of so many realms. */
  const codesIn = async (counts: readonly number[]) => {
    const realms = counts.map(() => newRealm());
    for (const [index, { realm }] of realms.entries())
      for (let count = 0; count < (counts[index] ?? 0); count += 1)
        await realm.stores.codes.replace(givenCode({ expiresAt: now - day }));
    const left = () => Promise.all(realms.map(({ inRealm }) => countRows(open.url, "one_time_code", inRealm)));
    return { realms: async () => realms.map(({ realm }) => realm), left };
  };

  it("keeps house in every realm", async () => {
    const { realms, left } = await codesIn([2, 0, 1]);
    const job = housekeepingJobs({ realms, clock: { now: () => now }, retention }).find(
      ({ name }) => name === "purge-codes",
    );
    assert.equal(await job?.run(new AbortController().signal), 3);
    assert.deepEqual(await left(), [0, 0, 0]);
  });

  it("begins where the run before was cut short, so that each realm has its turn", async () => {
    const { realms, left } = await codesIn([1, 1, 1]);
    let at = now;
    // Each look at the clock takes a minute: a run is over after its first realm.
    const clock = { now: () => (at += minute) };
    const job = housekeepingJobs({ realms, clock, retention }).find(({ name }) => name === "purge-codes");
    const runs = [];
    for (let run = 0; run < 3; run += 1) {
      runs.push([await job?.run(new AbortController().signal), await left()]);
    }
    assert.deepEqual(runs, [
      [1, [0, 1, 1]],
      [1, [0, 0, 1]],
      [1, [0, 0, 0]],
    ]);
  });

  it("ends once it is told to stop, and does nothing where there is no realm", async () => {
    const { realms, left } = await codesIn([1, 1]);
    const jobs = housekeepingJobs({ realms, clock: { now: () => now }, retention });
    assert.equal(await jobs.find(({ name }) => name === "purge-codes")?.run(AbortSignal.abort()), 1);
    assert.deepEqual(await left(), [0, 1]);
    const none = housekeepingJobs({ realms: async () => [], clock: { now: () => now }, retention });
    for (const job of none) assert.equal(await job.run(new AbortController().signal), 0);
  });

  it("has a name of its own for each job, and never waits longer than an hour", async () => {
    const jobs = jobsAt(newRealm().realm, now);
    assert.equal(new Set(jobs.map(({ name }) => name)).size, jobs.length);
    for (const { everyIn } of jobs) assert.ok(everyIn <= 60 * minute);
  });
});
