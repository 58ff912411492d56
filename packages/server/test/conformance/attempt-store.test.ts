import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { AttemptBudget } from "#core/limits/attempt-budget.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, lookAlikes, now } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

const budget = { limit: 10, restIn: 1000, disabledAt: 100 };

describeOnEveryEngine("attempt store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  let subjects = 0;
  const newSubject = (): string => {
    subjects += 1;
    return `subject ${subjects}`;
  };
  const take = (subject: string, at = now, over: Partial<AttemptBudget> = {}) =>
    open.realm.stores.attempts.take(subject, { ...budget, ...over }, at);
  const use = async (subject: string, times: number, at = now): Promise<void> => {
    for (let count = 0; count < times; count += 1) assert.equal(await take(subject, at), true);
  };

  for (const [used, is] of [
    [8, true],
    [9, true],
    [10, false],
    [11, false],
  ] as const) {
    it(`after ${used} tries the next is ${is ? "granted" : "refused"}`, async () => {
      const subject = newSubject();
      await use(subject, Math.min(used, 10));
      if (used > 10) assert.equal(await take(subject), false);
      assert.equal(await take(subject), is);
    });
  }

  for (const [wait, is] of [
    [budget.restIn - 1, false],
    [budget.restIn, true],
    [budget.restIn + 1, true],
    [-1, false],
    [-10 * budget.restIn, false],
  ] as const) {
    it(`a used budget is ${is ? "full again" : "still used up"} ${wait} ms after the last try`, async () => {
      const subject = newSubject();
      await use(subject, 9, now - 500);
      await use(subject, 1, now);
      assert.equal(await take(subject, now + wait), is);
    });
  }

  it("a clock that steps back and forth refills nothing", async () => {
    const subject = newSubject();
    await use(subject, 9);
    assert.equal(await take(subject, now - 5000), true);
    assert.equal(await take(subject, now + budget.restIn - 1), false);
    assert.equal(await take(subject, now + budget.restIn), true);
  });

  it("a refused try does not put the rest off", async () => {
    const subject = newSubject();
    await use(subject, 10);
    assert.equal(await take(subject, now + budget.restIn - 1), false);
    assert.equal(await take(subject, now + budget.restIn), true);
  });

  it("after a rest the whole limit is there, and no more", async () => {
    const subject = newSubject();
    await use(subject, 10);
    await use(subject, 10, now + budget.restIn);
    assert.equal(await take(subject, now + budget.restIn), false);
  });

  for (const failures of [98, 99, 100, 101]) {
    it(`${failures} failures in a row ${failures < 100 ? "do not disable" : "disable"} the factor`, async () => {
      const subject = newSubject();
      for (let count = 0; count < Math.min(failures, 100); count += 1) {
        assert.equal(await take(subject, now + count * budget.restIn), true);
      }
      const later = now + 1000 * budget.restIn;
      if (failures > 100) assert.equal(await take(subject, later), false);
      assert.equal(await take(subject, later), failures < 100);
    });
  }

  const pauses = { after: 5, firstIn: 1000, longestIn: 60_000 };
  for (const [failures, pause] of [
    [4, 0],
    [5, 1000],
    [6, 2000],
    [9, 16_000],
    [10, 32_000],
    [11, 60_000],
    [12, 60_000],
    [40, 60_000],
  ] as const) {
    it(`${failures} failures in a row pause for ${pause} ms`, async () => {
      const subject = newSubject();
      for (let count = 0; count < failures; count += 1) assert.equal(await take(subject, now, { limit: 1000 }), true);
      const after = (wait: number) => take(subject, now + wait, { limit: 1000, pauses });
      if (pause > 0) {
        assert.equal(await after(-1), false);
        assert.equal(await after(0), false);
        assert.equal(await after(pause - 1), false);
      }
      assert.equal(await after(pause), true);
    });
  }

  it("a right answer ends the pause, and recovery opens a disabled factor without giving a try back", async () => {
    const { attempts } = open.realm.stores;
    const subject = newSubject();
    const paused = { limit: 8, disabledAt: 7, pauses };
    await use(subject, 6);
    assert.equal(await take(subject, now, paused), false);
    await attempts.succeed(subject);
    assert.equal(await take(subject, now, paused), true);
    await attempts.reopen(subject);
    await use(subject, 1);
    for (let count = 0; count < 7; count += 1) await take(subject, now, { limit: 1000, disabledAt: 7 });
    assert.equal((await attempts.find(subject))?.isDisabled, true);
    await attempts.reopen(subject);
    const counted = await attempts.find(subject);
    assert.deepEqual([counted?.isDisabled, counted?.failedInRow], [false, 0]);
    assert.ok((counted?.used ?? 0) > 8);
    assert.equal(await take(subject, now, paused), false, "its tries are used up");
    assert.equal(await take(subject, now + budget.restIn, paused), true);
    await attempts.reopen("nothing counted");
  });

  it("lets exactly one of 32 at once through once a pause is over", async () => {
    const subject = newSubject();
    await use(subject, 5);
    assert.equal(await countGranted(32, () => take(subject, now + 1000, { limit: 1000, pauses })), 1);
  });

  it("a right answer gives its try back and ends the row of failures", async () => {
    const subject = newSubject();
    const strict = { disabledAt: 3 };
    for (let round = 0; round < 20; round += 1) {
      assert.equal(await take(subject, now, strict), true);
      assert.equal(await take(subject, now + 1, { ...strict, limit: 1000 }), true);
      await open.realm.stores.attempts.succeed(subject);
      await open.realm.stores.attempts.withdraw(subject);
    }
    assert.equal(await take(subject, now, strict), true);
  });

  it("a try that is withdrawn was none, and never below zero", async () => {
    const { attempts } = open.realm.stores;
    const subject = newSubject();
    await attempts.withdraw(subject);
    await use(subject, 10);
    await attempts.withdraw(subject);
    assert.equal(await take(subject), true);
    for (let count = 0; count < 20; count += 1) await attempts.withdraw(subject);
    await use(subject, 10);
    assert.equal(await take(subject), false);
  });

  it("an owner let in beside the budget ends the row of failures, and no more", async () => {
    const { attempts } = open.realm.stores;
    const subject = newSubject();
    await attempts.endRow(subject);
    assert.equal(await take(subject, now, { disabledAt: 3 }), true);
    assert.equal(await take(subject, now, { disabledAt: 3 }), true);
    await attempts.endRow(subject);
    await use(subject, 8);
    assert.equal(await take(subject), false, "no try is given back");
    assert.equal(await take(subject, now + budget.restIn, { disabledAt: 10 }), true);
    await attempts.endRow(subject);
    assert.equal(await take(subject, now + budget.restIn, { disabledAt: 1 }), true);
    await attempts.endRow(subject);
    assert.equal(
      await take(subject, now + budget.restIn, { disabledAt: 1 }),
      false,
      "a disabled factor stays disabled",
    );
  });

  it("a refill gives the whole budget back, also while 32 others are counted", async () => {
    const { attempts } = open.realm.stores;
    const subject = newSubject();
    await attempts.refill(subject);
    await use(subject, 10);
    assert.equal(await take(subject), false);
    await attempts.refill(subject);
    assert.deepEqual(await attempts.find(subject), { used: 0, failedInRow: 0, lastAt: now, isDisabled: false });
    await use(subject, 10);
    assert.equal(await take(subject, now, { disabledAt: 10 }), false);
    await attempts.refill(subject);
    const granted = await countGranted(32, (index) => (index === 16 ? attempts.refill(subject) : take(subject)));
    assert.ok(granted >= 10 && granted <= 20, String(granted));
  });

  it("recovery forgets all", async () => {
    const subject = newSubject();
    assert.equal(await take(subject, now, { disabledAt: 1 }), true);
    assert.equal(await take(subject, now, { disabledAt: 1 }), false);
    await open.realm.stores.attempts.reset(subject);
    assert.equal(await take(subject, now, { disabledAt: 1 }), true);
  });

  it("grants exactly the limit to 32 at once, first try included", async () => {
    const subject = newSubject();
    assert.equal(await countGranted(32, () => take(subject)), budget.limit);
    assert.equal(await countGranted(32, () => take(subject, now + budget.restIn)), budget.limit);
  });

  it("counts each realm on its own, and look-alikes apart", async () => {
    const subject = newSubject();
    await use(subject, 10);
    assert.equal(await open.otherRealm.stores.attempts.take(subject, budget, now), true);
    await open.otherRealm.stores.attempts.reset(subject);
    assert.equal(await open.otherRealm.stores.attempts.purge(now * 2, 100), 0);
    assert.equal(await take(subject), false);
    for (const text of lookAlikes)
      assert.equal(await take(`like:${text}`, now, { limit: 1 }), true, JSON.stringify(text));
  });

  it("lists and forgets what begins alike, and nothing else", async () => {
    const { attempts } = open.realm.stores;
    const [one, other] = [newSubject(), newSubject()];
    const subjects = [`${one} 20001`, `${one} 20002`, one];
    for (const subject of [...subjects, other, `${other} 20001`]) await take(subject);
    const counted = { used: 1, failedInRow: 1, lastAt: now, isDisabled: false };
    assert.deepEqual(
      await attempts.list(one),
      [one, `${one} 20001`, `${one} 20002`].map((subject) => ({ subject, ...counted })),
    );
    assert.deepEqual(await open.otherRealm.stores.attempts.list(one), []);
    await open.otherRealm.stores.attempts.resetAll(one);
    assert.equal((await attempts.list(`${one} `)).length, 2);
    await attempts.resetAll(one);
    assert.deepEqual(await attempts.list(one), []);
    assert.equal((await attempts.list(other)).length, 2);
  });

  it("purges what rested, and keeps a disabled factor", async () => {
    const { attempts } = open.otherRealm.stores;
    for (const subject of ["a", "b", "c"]) await attempts.take(subject, budget, now);
    await attempts.take("disabled", { ...budget, disabledAt: 1 }, now);
    await attempts.take("newer", budget, now + 1);
    assert.equal(await attempts.purge(now - 1, 10), 0);
    assert.equal(await attempts.purge(now, 2), 2);
    assert.equal(await attempts.purge(now, 2), 1);
    assert.equal(await attempts.purge(now, 2), 0);
    assert.equal(await attempts.take("disabled", { ...budget, disabledAt: 1 }, now * 2), false);
  });
});
