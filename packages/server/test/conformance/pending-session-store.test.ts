import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import { clockSkew } from "#core/clock-skew.js";
import { defaultRealm, newSignInId } from "#core/ids.js";
import { type PendingSession, wrongAnswersEnd } from "#core/sign-in/pending-session.js";
import type { Advance } from "#core/sign-in/pending-session-store.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { countGranted, givenAccount, givenSignIn, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("pending session store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const sessions = () => open.realm.stores.pendingSessions;
  const begin = async (over: Partial<PendingSession> = {}): Promise<PendingSession> => {
    const session = givenSignIn(over);
    await sessions().insert(session);
    return session;
  };
  const find = async (tokenHash: string): Promise<PendingSession> => {
    const found = await sessions().find(tokenHash);
    assert.ok(found);
    return found;
  };
  const count = (session: PendingSession, at = now) => sessions().countTry(session, wrongAnswersEnd, at);
  const onward = (over: Partial<Advance> = {}): Advance => ({
    state: "checkotp",
    tokenHash: systemRandom.token(256),
    memory: { ...givenSignIn().memory, proven: ["password"], isBegun: true },
    expiresAt: now + 1000,
    givesBack: true,
    ...over,
  });
  /** The same store on two nodes. */
  const onTwoNodes = async (work: (storeOf: (index: number) => ReturnType<typeof sessions>) => Promise<void>) => {
    const node = await openByUrl(open.url);
    try {
      const other = node.forRealm(defaultRealm).stores.pendingSessions;
      await work((index) => (index % 2 === 0 ? sessions() : other));
    } finally {
      await node.close();
    }
  };

  it("gives a session back to every field, and shows nothing of its memory in the database", async () => {
    const session = await begin({
      accountId: givenAccount().id,
      failures: 2,
      endedAt: now + 1,
      memory: {
        via: "signup",
        identifier: { kind: "phone", displayValue: "+49 151 23456789", normalizedValue: "+4915123456789" },
        proven: ["code"],
        accepted: [{ code: "terms", version: "2", language: "fa", acceptedAt: now, requestId: "req" }],
        isBegun: true,
        signUp: { profile: { firstName: "Plainly Readable", custom: "🙂" }, language: "fa" },
        availableAt: now + 2,
        passwordChangedAt: now + 3,
      },
    });
    assert.deepEqual(await sessions().find(session.tokenHash), session);
    const [row] = await readRows(open.url, `select * from pending_session where sign_in_id = '${session.id}'`);
    assert.doesNotMatch(JSON.stringify(row), /Readable|23456789/);
    assert.equal(await sessions().find("unknown"), undefined);
  });

  it("lists the sessions of an account, newest first", async () => {
    const accountId = givenAccount().id;
    const [older, newer] = [await begin({ accountId }), await begin({ accountId, createdAt: now + 1 })];
    await begin();
    assert.deepEqual(await sessions().listOf(accountId), [newer, older]);
  });

  it("counts exactly 5 of 32 tries at once, on two nodes, and ends with the last", async () => {
    await onTwoNodes(async (storeOf) => {
      for (let round = 0; round < rounds(); round += 1) {
        const session = await begin();
        assert.equal(await countGranted(32, (index) => storeOf(index).countTry(session, wrongAnswersEnd, now)), 5);
        assert.deepEqual(await find(session.tokenHash), { ...session, failures: 5, endedAt: now });
      }
    });
  });

  for (const [tried, isCounted] of [
    [0, true],
    [3, true],
    [4, true],
    [5, false],
    [6, false],
  ] as const) {
    it(`${isCounted ? "counts" : "refuses"} the try after ${tried} others`, async () => {
      const session = await begin();
      for (let done = 0; done < tried; done += 1) assert.equal(await count(session), done < 5);
      assert.equal(await count(session), isCounted);
      const { failures, endedAt } = await find(session.tokenHash);
      assert.deepEqual([failures, endedAt], [Math.min(tried + 1, 5), tried + 1 >= 5 ? now : undefined]);
    });
  }

  for (const [after, isLive] of [
    [-clockSkew - 1, false],
    [-clockSkew, true],
    [0, true],
    [999, true],
    [1000, false],
    [1001, false],
    [-3_600_000, false],
  ] as const) {
    it(`${isLive ? "goes on" : "is over"} ${after} of its 1000 ms after it was begun`, async () => {
      const at = now + after;
      assert.equal(await count(await begin(), at), isLive);
      assert.equal(await sessions().advance(await begin(), onward(), at), isLive);
      assert.equal(await sessions().complete(await begin(), at), isLive);
    });
  }

  it("gives a withdrawn try back, also the last", async () => {
    const session = await begin();
    await sessions().withdrawTry(session.id);
    assert.equal((await find(session.tokenHash)).failures, 0);
    for (let done = 0; done < 5; done += 1) await count(session);
    await sessions().withdrawTry(session.id);
    assert.deepEqual(await find(session.tokenHash), { ...session, failures: 4 });
    assert.equal(await count(session), true);
    assert.equal(await count(session), false);
  });

  it("advances for exactly one of 32 at once, on two nodes, and keeps what the winner wrote", async () => {
    await onTwoNodes(async (storeOf) => {
      for (let round = 0; round < rounds(); round += 1) {
        const session = await begin();
        await count(session);
        const offered = Array.from({ length: 32 }, (_, index) => onward({ expiresAt: now + 2000 + index }));
        const advanced = await Promise.all(offered.map((to, index) => storeOf(index).advance(session, to, now)));
        assert.equal(advanced.filter(Boolean).length, 1);
        const winner = offered[advanced.indexOf(true)];
        assert.ok(winner);
        assert.equal(await sessions().find(session.tokenHash), undefined);
        assert.deepEqual(await find(winner.tokenHash), { ...session, ...winner, failures: 0 });
      }
    });
  });

  it("is completed by exactly one of 32 at once, and goes on for nobody then", async () => {
    await onTwoNodes(async (storeOf) => {
      const session = await begin();
      assert.equal(await countGranted(32, (index) => storeOf(index).complete(session, now)), 1);
      assert.deepEqual(await find(session.tokenHash), { ...session, endedAt: now });
      assert.equal(await sessions().advance(session, onward(), now), false);
      assert.equal(await count(session), false);
    });
  });

  it("goes either on or to its end when both are tried at once", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const session = await begin();
      const steps = await Promise.all(
        Array.from({ length: 32 }, (_, index) =>
          index % 2 === 0 ? sessions().advance(session, onward(), now) : sessions().complete(session, now),
        ),
      );
      assert.equal(steps.filter(Boolean).length, 1);
    }
  });

  it("counts a right answer for no wrong one, also with the last try", async () => {
    for (const [wrong, left] of [
      [0, 0],
      [2, 2],
      [4, 4],
    ] as const) {
      const session = await begin();
      for (let done = 0; done <= wrong; done += 1) assert.equal(await count(session), true);
      const to = onward();
      assert.equal(await sessions().advance(session, to, now), true);
      const { failures, endedAt } = await find(to.tokenHash);
      assert.deepEqual([failures, endedAt], [left, undefined]);
    }
    const session = await begin();
    for (let done = 0; done < 5; done += 1) await count(session);
    assert.equal(await sessions().complete(session, now + 1), true);
    assert.deepEqual(await find(session.tokenHash), { ...session, failures: 4, endedAt: now + 1 });
  });

  it("keeps its wrong answers from state to state", async () => {
    let session = await begin();
    for (let step = 0; step < 4; step += 1) {
      await count(session);
      await count(session);
      const to = onward();
      assert.equal(await sessions().advance(session, to, now), true);
      session = await find(to.tokenHash);
      assert.equal(session.failures, step + 1);
    }
    assert.equal(await count(session), true);
    assert.equal(await count(session), false);
  });

  it("gives no try back for a step that costs none", async () => {
    const session = await begin();
    await count(session);
    const to = onward({ givesBack: false });
    assert.equal(await sessions().advance(session, to, now), true);
    assert.equal((await find(to.tokenHash)).failures, 1);
  });

  it("goes on only in the state and under the token that it has", async () => {
    const session = await begin();
    const others = [
      { ...session, id: newSignInId(systemRandom) },
      { ...session, tokenHash: systemRandom.token(256) },
      { ...session, state: "checkotp" },
    ] as const;
    for (const other of others) {
      assert.equal(await count(other), false);
      assert.equal(await sessions().advance(other, onward(), now), false);
      assert.equal(await sessions().complete(other, now), false);
    }
    assert.deepEqual(await find(session.tokenHash), session);
  });

  it("ends once, and stays ended although a last try is under way", async () => {
    const session = await begin();
    assert.equal(await countGranted(32, (index) => sessions().end(session.id, now + index)), 1);
    assert.equal(await count(session), false);
    const spent = await begin({ accountId: givenAccount().id });
    for (let done = 0; done < 5; done += 1) await count(spent);
    assert.equal(await sessions().end(spent.id, now + 5), true);
    assert.equal(await sessions().advance(spent, onward(), now), false);
    await sessions().withdrawTry(spent.id);
    assert.deepEqual(await find(spent.tokenHash), { ...spent, failures: 4, endedAt: now + 5 });
  });

  it("ends every session of an account but one", async () => {
    const accountId = givenAccount().id;
    const [one, two, three] = [await begin({ accountId }), await begin({ accountId }), await begin({ accountId })];
    const other = await begin({ accountId: givenAccount().id });
    for (let done = 0; done < 5; done += 1) await count(two);
    assert.equal(await sessions().endAll(accountId, one.id, now + 1), 2);
    assert.equal(await sessions().advance(two, onward(), now), false);
    assert.equal((await find(three.tokenHash)).endedAt, now + 1);
    assert.equal((await find(other.tokenHash)).endedAt, undefined);
    assert.equal(await sessions().endAll(accountId, undefined, now + 2), 1);
    assert.equal((await find(one.tokenHash)).endedAt, now + 2);
  });

  it("finds nothing that nobody can unseal any more, or that was sealed for another session", async () => {
    const node = await openByUrl(open.url, createSecrets([randomBytes(32)]));
    try {
      const session = givenSignIn();
      await node.forRealm(defaultRealm).stores.pendingSessions.insert(session);
      assert.equal(await sessions().find(session.tokenHash), undefined);
      const [one, other] = [await begin(), await begin()];
      const [row] = await readRows(
        open.url,
        `select sealed_memory from pending_session where sign_in_id = '${other.id}'`,
      );
      await readRows(
        open.url,
        `update pending_session set sealed_memory = '${String(row?.["sealed_memory"])}' where sign_in_id = '${one.id}'`,
      );
      assert.equal(await sessions().find(one.tokenHash), undefined);
    } finally {
      await node.close();
    }
  });

  it("shows another realm nothing, and is purged in portions", async () => {
    const accountId = givenAccount().id;
    const session = await begin({ accountId });
    const other = open.otherRealm.stores.pendingSessions;
    assert.equal(await other.find(session.tokenHash), undefined);
    assert.deepEqual(await other.listOf(accountId), []);
    assert.equal(await other.countTry(session, 5, now), false);
    await other.withdrawTry(session.id);
    assert.equal(await other.advance(session, onward(), now), false);
    assert.equal(await other.complete(session, now), false);
    assert.equal(await other.end(session.id, now), false);
    assert.equal(await other.endAll(accountId, undefined, now), 0);
    for (const expiresAt of [1000, 1000, 1001, 1002]) await other.insert(givenSignIn({ expiresAt }));
    assert.equal(await other.purge(999, 100), 0);
    assert.equal(await other.purge(1001, 2), 2);
    assert.equal(await other.purge(1001, 100), 1);
    assert.equal(await other.purge(now * 2, 100), 1);
    assert.deepEqual(await find(session.tokenHash), session);
  });
});
