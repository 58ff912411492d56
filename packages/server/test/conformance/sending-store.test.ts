import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { defaultRealm } from "#core/ids.js";
import { codeSending } from "#core/limits/sending-budget.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { rounds } from "../engines/rounds.js";
import { countGranted, givenAccount, lookAlikes, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describeOnEveryEngine("sending store", (engine) => {
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
  const take = (subject: string, at: number, over: Partial<typeof codeSending> = {}) =>
    open.realm.stores.sendings.take(subject, { ...codeSending, ...over }, at);
  const send = async (subject: string, times: readonly number[]): Promise<void> => {
    for (const at of times) assert.equal(await take(subject, at), undefined, `at ${at - now}`);
  };
  const minutes = (count: number, from = now): readonly number[] =>
    Array.from({ length: count }, (_, index) => from + index * minute);

  for (const [after, waitIn] of [
    [0, minute],
    [1, minute - 1],
    [minute - 1, 1],
    [minute, undefined],
    [minute + 1, undefined],
    [-1, minute],
    [-day, minute],
  ] as const) {
    it(`${waitIn === undefined ? "sends again" : `waits for ${waitIn} ms`} ${after} ms after a message`, async () => {
      const subject = newSubject();
      await send(subject, [now]);
      assert.equal(await take(subject, now + after), waitIn);
    });
  }

  for (const [after, waitIn] of [
    [5 * minute, hour - 5 * minute],
    [hour - 1, 1],
    [hour, undefined],
    [hour + 1, undefined],
  ] as const) {
    it(`${waitIn === undefined ? "sends" : `waits for ${waitIn} ms`} ${after} ms after the first of five messages`, async () => {
      const subject = newSubject();
      await send(subject, minutes(5));
      assert.equal(await take(subject, now + after), waitIn);
    });
  }

  it("counts an hour from its first message, and the whole hour anew behind it", async () => {
    const subject = newSubject();
    await send(subject, [now, ...minutes(4, now + 50 * minute)]);
    assert.equal(await take(subject, now + 54 * minute), 6 * minute);
    await send(subject, minutes(5, now + hour));
    assert.equal(await take(subject, now + hour + 5 * minute, { perDay: 11 }), hour - 5 * minute);
  });

  it("tells the longest of the waits that are left", async () => {
    const subject = newSubject();
    await send(subject, minutes(5));
    assert.equal(await take(subject, now + 4 * minute, { pauseIn: 2 * hour }), 2 * hour);
    assert.equal(await take(subject, now + 4 * minute + 1), hour - 4 * minute - 1);
  });

  for (const [after, waitIn] of [
    [3 * hour, day - 3 * hour],
    [day - 1, 1],
    [day, undefined],
  ] as const) {
    it(`${waitIn === undefined ? "sends" : `waits for ${waitIn} ms`} ${after} ms after the first of ten messages`, async () => {
      const subject = newSubject();
      await send(subject, [...minutes(5), ...minutes(5, now + hour)]);
      assert.equal(await take(subject, now + after), waitIn);
    });
  }

  it("counts a refused message nowhere, and sends nothing without a budget", async () => {
    const subject = newSubject();
    await send(subject, [now]);
    for (let count = 0; count < 20; count += 1) assert.equal(await take(subject, now + 1), minute - 1);
    await send(subject, minutes(4, now + minute));
    for (const over of [{ perHour: 0 }, { perDay: 0 }]) assert.equal(await take(newSubject(), now, over), day);
  });

  for (const [what, before] of [
    ["the first message", []],
    ["another message", [now - minute]],
  ] as const) {
    it(`grants ${what} to exactly one of 32 at once, on two nodes`, async () => {
      const node = await openByUrl(open.url);
      try {
        const realms = [open.realm, node.forRealm(defaultRealm)];
        for (let round = 0; round < rounds(); round += 1) {
          const subject = newSubject();
          await send(subject, before);
          const one = async (index: number): Promise<boolean> => {
            const realm = realms[index % 2] ?? open.realm;
            const waitIn =
              index % 3 === 0
                ? await realm.stores.sendings.take(subject, codeSending, now)
                : await realm.transaction(({ sendings }) => sendings.take(subject, codeSending, now));
            return waitIn === undefined;
          };
          assert.equal(await countGranted(32, one), 1);
        }
      } finally {
        await node.close();
      }
    });
  }

  it("grants the last place of an hour to exactly one of 32 at once", async () => {
    const subject = newSubject();
    const budget = { ...codeSending, pauseIn: 0 };
    const granted = await countGranted(
      32,
      async () => (await open.realm.stores.sendings.take(subject, budget, now)) === undefined,
    );
    assert.equal(granted, 5);
  });

  it("lets those who wait for a subject see what the one before has written", async () => {
    const subject = newSubject();
    const account = givenAccount();
    const seen = await Promise.all(
      Array.from({ length: 8 }, () =>
        open.realm.transaction(async ({ sendings, accounts }) => {
          if ((await sendings.take(subject, codeSending, now)) !== undefined)
            return (await accounts.find(account.id)) !== undefined;
          await accounts.insert(account);
          return true;
        }),
      ),
    );
    assert.deepEqual(seen, Array(8).fill(true));
  });

  it("gives back what a transaction took that was rolled back", async () => {
    const subject = newSubject();
    const failed = open.realm.transaction(async ({ sendings }) => {
      assert.equal(await sendings.take(subject, codeSending, now), undefined);
      throw new Error("rolled back");
    });
    await assert.rejects(failed, { message: "rolled back" });
    assert.equal(await take(subject, now), undefined);
  });

  it("keeps realms and look-alikes apart, and is purged in portions", async () => {
    const { sendings } = open.otherRealm.stores;
    const subject = newSubject();
    await send(subject, [now]);
    assert.equal(await sendings.take(subject, codeSending, now), undefined);
    for (const text of lookAlikes) assert.equal(await sendings.take(`like:${text}`, codeSending, now + 1), undefined);
    assert.equal(await sendings.purge(now - 1, 100), 0);
    assert.equal(await sendings.purge(now, 100), 1);
    assert.equal(await sendings.purge(now + 1, 3), 3);
    assert.equal(await take(subject, now), minute);
  });
});
