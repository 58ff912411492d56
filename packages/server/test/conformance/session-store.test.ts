import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { defaultRealm, newApiKeyId, newRefreshId } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { rounds } from "../engines/rounds.js";
import { countGranted, givenAccount, givenIdentifier, givenSession, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("session store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const insert = async (over: Parameters<typeof givenSession>[1] = {}) => {
    const account = givenAccount();
    await open.realm.stores.accounts.insert(account);
    const session = givenSession(account.id, over);
    await open.realm.stores.sessions.insert(session);
    return { account, session };
  };

  it("finds session, account and identifiers in one read, to every field", async () => {
    const { account, session } = await insert({
      clientId: newApiKeyId(systemRandom),
      endedAt: now + 1,
      endReason: "signed-out",
      refresh: {
        rotates: false,
        current: newRefreshId(systemRandom),
        previous: newRefreshId(systemRandom),
        rotatedAt: now + 2,
        sealedSuccessor: "v1.".padEnd(5000, "x"),
      },
    });
    const { stores } = open.realm;
    assert.deepEqual(await stores.sessions.find(session.id), { session, account, identifiers: [] });
    const identifiers = ["found first", "found second"].map((name, index) =>
      givenIdentifier(account.id, name, { createdAt: now + index }),
    );
    for (const identifier of identifiers) await stores.accounts.claim(identifier);
    assert.deepEqual(await stores.sessions.find(session.id), { session, account, identifiers });
    assert.deepEqual(await stores.sessions.listOf(account.id), [session]);
  });

  it("shows another realm nothing", async () => {
    const { account, session } = await insert();
    const { sessions } = open.otherRealm.stores;
    const { current } = session.refresh;
    const rotation = { from: current, to: newRefreshId(systemRandom), sealedSuccessor: "s", at: now };
    assert.equal(await sessions.find(session.id), undefined);
    assert.equal(await sessions.touch(session.id, current, now + 1), false);
    assert.equal(await sessions.rotate(session.id, rotation), false);
    assert.equal(await sessions.end(session.id, now, "signed-out"), false);
    assert.equal(await sessions.endAll(account.id, now, "signed-out"), 0);
    assert.equal(await sessions.endAllOnMount(account.id, "jwt", now, "signed-out"), 0);
    assert.equal(await sessions.endOldest(account.id, "jwt", 0, now, "over-the-limit"), 0);
    assert.deepEqual(await sessions.listOf(account.id), []);
    assert.equal(await sessions.purge(now * 2, 100), 0);
    assert.deepEqual((await open.realm.stores.sessions.find(session.id))?.session, session);
  });

  it("sees every acknowledged write at once", async () => {
    const { session } = await insert();
    const { sessions } = open.realm.stores;
    for (let at = now + 1; at < now + 50; at += 1) {
      assert.equal(await sessions.touch(session.id, session.refresh.current, at), true);
      assert.equal((await sessions.find(session.id))?.session.lastUsedAt, at);
    }
    await sessions.end(session.id, now + 60, "signed-out");
    assert.equal((await sessions.find(session.id))?.session.endReason, "signed-out");
  });

  it("moves the idle end for the current token of a live session, never back", async () => {
    const { session } = await insert();
    const { sessions } = open.realm.stores;
    const { current } = session.refresh;
    assert.equal(await sessions.touch(session.id, newRefreshId(systemRandom), now + 5), false);
    assert.equal(await sessions.touch(session.id, current, now + 5), true);
    assert.equal(await sessions.touch(session.id, current, now + 4), true);
    assert.equal((await sessions.find(session.id))?.session.lastUsedAt, now + 5);
    await sessions.end(session.id, now, "signed-out");
    assert.equal(await sessions.touch(session.id, current, now + 6), false);
  });

  it("rotates for exactly one of 32 at once, and keeps what the winner wrote", async () => {
    const { session } = await insert();
    const { sessions } = open.realm.stores;
    const from = session.refresh.current;
    const offered = Array.from({ length: 32 }, () => newRefreshId(systemRandom));
    const rotated = await Promise.all(
      offered.map((to) => sessions.rotate(session.id, { from, to, sealedSuccessor: `sealed ${to}`, at: now + 9 })),
    );
    assert.equal(rotated.filter(Boolean).length, 1);
    const winner = offered[rotated.indexOf(true)];
    const found = await sessions.find(session.id);
    assert.equal(found?.session.lastUsedAt, now + 9);
    assert.deepEqual(found?.session.refresh, {
      rotates: true,
      current: winner,
      previous: from,
      rotatedAt: now + 9,
      sealedSuccessor: `sealed ${winner}`,
    });
  });

  it("rotates no ended session", async () => {
    const { session } = await insert({ endedAt: now, endReason: "signed-out" });
    const rotation = { from: session.refresh.current, to: newRefreshId(systemRandom), sealedSuccessor: "s", at: now };
    assert.equal(await open.realm.stores.sessions.rotate(session.id, rotation), false);
  });

  it("ends for exactly one of 32 at once, and keeps the first reason", async () => {
    const { session } = await insert();
    const { sessions } = open.realm.stores;
    assert.equal(await countGranted(32, (index) => sessions.end(session.id, now + index, "signed-out")), 1);
    assert.equal(await sessions.end(session.id, now, "account-closed"), false);
    assert.equal((await sessions.find(session.id))?.session.endReason, "signed-out");
  });

  it("ends all of an account, or those of one mount, and counts the live ones", async () => {
    const account = givenAccount();
    const { sessions } = open.realm.stores;
    const mounts = ["one", "one", "two", "two"];
    const all = mounts.map((mount, index) => givenSession(account.id, { mount, createdAt: now + index }));
    for (const session of all) await sessions.insert(session);
    const [first] = all;
    assert.ok(first !== undefined);
    assert.equal(await sessions.end(first.id, now, "signed-out"), true);
    assert.equal(await sessions.endAllOnMount(account.id, "one", now, "password-changed"), 1);
    assert.equal(await sessions.endAll(account.id, now, "account-deleted"), 2);
    assert.deepEqual(
      (await sessions.listOf(account.id)).map(({ endReason }) => endReason),
      ["account-deleted", "account-deleted", "password-changed", "signed-out"],
    );
  });

  it("ends the oldest live sessions of a mount beyond so many, and no others", async () => {
    const { id } = givenAccount();
    const { sessions } = open.realm.stores;
    const all = [
      givenSession(id, { createdAt: now - 5 }),
      givenSession(id, { createdAt: now - 4, endedAt: now, endReason: "signed-out" }),
      givenSession(id, { createdAt: now - 3, mount: "other" }),
      givenSession(id, { createdAt: now - 2 }),
      givenSession(id, { createdAt: now - 1, expiresAt: now }),
      givenSession(id, { createdAt: now }),
      givenSession(id, { createdAt: now + 1 }),
    ];
    for (const session of all) await sessions.insert(session);
    const end = (kept: number) => sessions.endOldest(id, "jwt", kept, now, "over-the-limit");
    const ended = async () =>
      (await sessions.listOf(id)).flatMap(({ createdAt, endReason }) =>
        endReason === "over-the-limit" ? [createdAt - now] : [],
      );
    assert.equal(await end(4), 0);
    assert.equal(await end(3), 1);
    assert.deepEqual(await ended(), [-5]);
    assert.equal(await end(3), 0);
    assert.equal(await end(1), 2);
    assert.deepEqual(await ended(), [0, -2, -5]);
    assert.equal(await end(0), 1);
  });

  it("leaves exactly 20 when 32 open a session at once, on two nodes", async () => {
    const node = await openByUrl(open.url);
    try {
      const realms = [open.realm, node.forRealm(defaultRealm)];
      const account = givenAccount();
      await open.realm.stores.accounts.insert(account);
      for (let earlier = 0; earlier < 20; earlier += 1)
        await open.realm.stores.sessions.insert(givenSession(account.id, { createdAt: now - 100 + earlier }));
      for (let round = 0; round < rounds(); round += 1) {
        const opened = Array.from({ length: 32 }, (_, index) =>
          givenSession(account.id, { createdAt: now + 100 * round + index }),
        );
        await Promise.all(
          opened.map(async (session, index) =>
            realms[index % 2]?.transaction(async ({ sessions }) => {
              await sessions.insert(session);
              await sessions.endOldest(account.id, "jwt", 20, now, "over-the-limit");
            }),
          ),
        );
        const live = (await open.realm.stores.sessions.listOf(account.id)).filter(
          ({ endedAt }) => endedAt === undefined,
        );
        assert.equal(live.length, 20);
        for (const { createdAt } of live) assert.ok(createdAt >= now + 100 * round);
      }
    } finally {
      await node.close();
    }
  });

  it("purges what is over, at most so many", async () => {
    const { sessions } = open.realm.stores;
    const account = givenAccount();
    const kept = givenSession(account.id, { expiresAt: 5001 });
    const over = [
      givenSession(account.id, { expiresAt: 5000 }),
      givenSession(account.id, { expiresAt: 4000 }),
      givenSession(account.id, { expiresAt: 9000, endedAt: 5000, endReason: "signed-out" }),
    ];
    for (const session of [kept, ...over]) await sessions.insert(session);
    assert.equal(await sessions.purge(3999, 10), 0);
    assert.equal(await sessions.purge(5000, 2), 2);
    assert.equal(await sessions.purge(5000, 2), 1);
    assert.deepEqual(
      (await sessions.listOf(account.id)).map(({ id }) => id),
      [kept.id],
    );
  });
});
