import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { clockSkew } from "#core/clock-skew.js";
import { defaultRealm, newHandoffId, newSessionId } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, givenAccount, givenHandoff, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("handoff store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const insert = async (over: Parameters<typeof givenHandoff>[0] = {}) => {
    const handoff = givenHandoff(over);
    await open.realm.stores.handoffs.insert(handoff);
    return handoff;
  };
  const bound = () => insert({ accountId: givenAccount().id, boundAt: now, expiresAt: now + 1000 });
  const visitOf = (name = "google") => ({ name, stateHash: systemRandom.token(256), sealed: "v1.nonce" });
  const sessionId = newSessionId(systemRandom);
  const times = { now, expiresAt: now + 60_000 };

  it("gives a hand-off back to every field, by id and by token", async () => {
    const { handoffs } = open.realm.stores;
    for (const handoff of [
      await insert(),
      await insert({
        clientState: "پ".repeat(5000),
        codeChallenge: "c".repeat(43),
        language: "fa",
        redirectUri: `app://back/${"x".repeat(2037)}`,
        provider: visitOf(),
        accountId: givenAccount().id,
        boundAt: now + 1,
        usedAt: now + 2,
        sessionId,
      }),
    ]) {
      assert.deepEqual(await handoffs.find(handoff.id), handoff);
      assert.deepEqual(await handoffs.findByToken(handoff.tokenHash), handoff);
    }
    assert.equal(await handoffs.find(newHandoffId(systemRandom)), undefined);
    assert.equal(await handoffs.findByToken("nobody's"), undefined);
  });

  it("takes each visit back once, on its mount, and only the newest", async () => {
    const { handoffs } = open.realm.stores;
    const handoff = await insert();
    const [older, newer] = [visitOf(), visitOf("github")];
    assert.equal(await handoffs.visit(handoff.id, older, now), true);
    assert.equal(await handoffs.visit(handoff.id, newer, now), true);
    assert.equal(await handoffs.return("account", older.stateHash, now), undefined);
    assert.equal(await handoffs.return("other", newer.stateHash, now), undefined);
    assert.deepEqual(await handoffs.return("account", newer.stateHash, now), { ...handoff, provider: newer });
    assert.equal(await handoffs.return("account", newer.stateHash, now), undefined);
    assert.deepEqual((await handoffs.find(handoff.id))?.provider, { ...newer, stateHash: undefined });
  });

  it("keeps what waits for local proof, without a state", async () => {
    const { handoffs } = open.realm.stores;
    const handoff = await insert({ provider: visitOf() });
    const answered = { name: "google", stateHash: undefined, sealed: "v1.identity" };
    assert.equal(await handoffs.visit(handoff.id, answered, now), true);
    assert.deepEqual((await handoffs.find(handoff.id))?.provider, answered);
    assert.equal(await handoffs.bind(handoff.id, givenAccount().id, times), true);
    assert.equal((await handoffs.find(handoff.id))?.provider, undefined);
  });

  it("is bound once, and exchanged once", async () => {
    const { handoffs } = open.realm.stores;
    const handoff = await insert();
    const accountId = givenAccount().id;
    assert.equal(await handoffs.use(handoff.id, sessionId, now), false);
    assert.equal(await handoffs.bind(handoff.id, accountId, times), true);
    assert.equal(await handoffs.bind(handoff.id, givenAccount().id, times), false);
    assert.equal(await handoffs.visit(handoff.id, visitOf(), now), false);
    assert.equal(await handoffs.use(handoff.id, sessionId, now + 59_999), true);
    assert.equal(await handoffs.use(handoff.id, newSessionId(systemRandom), now + 59_999), false);
    assert.deepEqual(await handoffs.findByToken(handoff.tokenHash), {
      ...handoff,
      accountId,
      boundAt: now,
      expiresAt: times.expiresAt,
      usedAt: now + 59_999,
      sessionId,
    });
  });

  it("is good for nothing once it is burnt, bound or not", async () => {
    const { handoffs } = open.realm.stores;
    for (const handoff of [await insert({ provider: visitOf() }), await bound()]) {
      await handoffs.burn(handoff.id, now);
      await handoffs.burn(handoff.id, now + 1);
      assert.equal((await handoffs.find(handoff.id))?.usedAt, now);
      assert.equal(await handoffs.return("account", handoff.provider?.stateHash ?? "", now), undefined);
      assert.equal(await handoffs.visit(handoff.id, visitOf(), now), false);
      assert.equal(await handoffs.bind(handoff.id, givenAccount().id, times), false);
      assert.equal(await handoffs.use(handoff.id, sessionId, now), false);
      assert.equal((await handoffs.find(handoff.id))?.sessionId, undefined);
    }
  });

  for (const [after, isGood] of [
    [-3_600_000, false],
    [-clockSkew - 1, false],
    [-clockSkew, true],
    [999, true],
    [1000, false],
    [1001, false],
  ] as const) {
    it(`is ${isGood ? "good" : "over"} for every step ${after} of its 1000 ms after it was made`, async () => {
      const { handoffs } = open.realm.stores;
      const at = now + after;
      const visiting = await insert({ provider: visitOf() });
      const found = await handoffs.return("account", visiting.provider?.stateHash ?? "", at);
      assert.equal(found !== undefined, isGood);
      assert.equal(await handoffs.visit(visiting.id, visitOf(), at), isGood);
      assert.equal(await handoffs.bind(visiting.id, givenAccount().id, { now: at, expiresAt: at + 60_000 }), isGood);
      assert.equal(await handoffs.use((await bound()).id, sessionId, at), isGood);
    });
  }

  for (const [what, act] of [
    ["bound", "bind"],
    ["exchanged", "use"],
    ["taken back from its provider", "return"],
  ] as const) {
    it(`is ${what} by exactly one of 32 at once, on two nodes`, async () => {
      const node = await openByUrl(open.url);
      try {
        const handoff = act === "use" ? await bound() : await insert({ provider: visitOf() });
        const realms = [open.realm, node.forRealm(defaultRealm)];
        const one = (index: number): Promise<unknown> =>
          (realms[index % 2] ?? open.realm).transaction(async ({ handoffs }) => {
            if (act === "bind") return handoffs.bind(handoff.id, givenAccount().id, times);
            if (act === "use") return handoffs.use(handoff.id, newSessionId(systemRandom), now);
            return handoffs.return("account", handoff.provider?.stateHash ?? "", now);
          });
        assert.equal(await countGranted(32, one), 1);
      } finally {
        await node.close();
      }
    });
  }

  it("shows another realm nothing, and is purged in portions", async () => {
    const { handoffs } = open.otherRealm.stores;
    const [unbound, waiting] = [await insert({ provider: visitOf() }), await bound()];
    assert.equal(await handoffs.find(unbound.id), undefined);
    assert.equal(await handoffs.findByToken(unbound.tokenHash), undefined);
    assert.equal(await handoffs.visit(unbound.id, visitOf(), now), false);
    assert.equal(await handoffs.return("account", unbound.provider?.stateHash ?? "", now), undefined);
    assert.equal(await handoffs.bind(unbound.id, givenAccount().id, times), false);
    assert.equal(await handoffs.use(waiting.id, sessionId, now), false);
    await handoffs.burn(waiting.id, now);
    for (const expiresAt of [now, now, now + 1, now + 2]) await handoffs.insert(givenHandoff({ expiresAt }));
    assert.equal(await handoffs.purge(now - 1, 100), 0);
    assert.equal(await handoffs.purge(now + 1, 2), 2);
    assert.equal(await handoffs.purge(now + 1, 100), 1);
    assert.equal(await handoffs.purge(now + 1, 100), 0);
    assert.deepEqual(await open.realm.stores.handoffs.find(unbound.id), unbound);
    assert.deepEqual(await open.realm.stores.handoffs.find(waiting.id), waiting);
  });
});
