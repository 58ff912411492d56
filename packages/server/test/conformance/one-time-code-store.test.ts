import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { clockSkew } from "#core/clock-skew.js";
import { triesOfACode } from "#core/factors/one-time-code.js";
import { defaultRealm } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, givenAccount, givenCode, lookAlikes, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("one-time code store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const keep = async (over: Parameters<typeof givenCode>[0] = {}) => {
    const code = givenCode(over);
    await open.realm.stores.codes.replace(code);
    return code;
  };
  const count = (subject: string, at = now) => open.realm.stores.codes.countTry(subject, triesOfACode, at);
  const consume = (subject: string, codeHash = "right", at = now) =>
    open.realm.stores.codes.consume(subject, codeHash, at);

  for (const [tried, verdict] of [
    [0, "counted"],
    [4, "counted"],
    [5, "spent"],
    [6, "spent"],
  ] as const) {
    it(`after ${tried} tries the next is ${verdict}`, async () => {
      const { subject } = await keep();
      for (let done = 0; done < tried; done += 1) assert.equal(await count(subject), done < 5 ? "counted" : "spent");
      assert.equal(await count(subject), verdict);
    });
  }

  for (const [after, verdict] of [
    [-clockSkew - 1, "over"],
    [-clockSkew, "counted"],
    [0, "counted"],
    [999, "counted"],
    [1000, "over"],
    [1001, "over"],
    [-3_600_000, "over"],
  ] as const) {
    it(`is ${verdict === "counted" ? "live" : "over"} ${after} of its 1000 ms after it was made`, async () => {
      const { subject } = await keep();
      assert.equal(await count(subject, now + after), verdict);
      assert.equal(await consume(subject, "right", now + after), verdict === "counted");
    });
  }

  it("tells whether a hash fits, and spends nothing by it", async () => {
    const { subject } = await keep();
    const { codes } = open.realm.stores;
    const decoy = await keep({ codeHash: undefined });
    assert.equal(await codes.fits(subject, "right", now), true);
    assert.equal(await codes.fits(subject, "right", now + 999), true);
    for (const [hash, at] of [
      ["wrong", now],
      ["Right", now],
      ["right", now + 1000],
      ["right", now - clockSkew - 1],
    ] as const)
      assert.equal(await codes.fits(subject, hash, at), false, `${hash} ${at - now}`);
    assert.equal(await codes.fits(decoy.subject, "right", now), false);
    assert.equal(await codes.fits("nobody's", "right", now), false);
    assert.equal(await open.otherRealm.stores.codes.fits(subject, "right", now), false);
    assert.equal(await consume(subject), true);
    assert.equal(await codes.fits(subject, "right", now), false);
  });

  it("is over also when its tries are used up, and absent where none was", async () => {
    const { subject } = await keep();
    for (let done = 0; done < 5; done += 1) await count(subject);
    assert.equal(await count(subject, now + 1000), "over");
    assert.equal(await count("nobody's"), "absent");
    assert.equal(await consume("nobody's"), false);
  });

  it("counts exactly 5 of 32 tries at once, on two nodes", async () => {
    const node = await openByUrl(open.url);
    try {
      const { subject } = await keep();
      const stores = [open.realm.stores, node.forRealm(defaultRealm).stores];
      const counted = await countGranted(
        32,
        async (index) => (await stores[index % 2]?.codes.countTry(subject, triesOfACode, now)) === "counted",
      );
      assert.equal(counted, 5);
      assert.equal(await count(subject), "spent");
    } finally {
      await node.close();
    }
  });

  it("is used by exactly one of 32 at once, on two nodes", async () => {
    const node = await openByUrl(open.url);
    try {
      const { subject } = await keep();
      await count(subject);
      const realms = [open.realm, node.forRealm(defaultRealm)];
      const use = async (index: number): Promise<boolean> =>
        (await realms[index % 2]?.transaction((stores) => stores.codes.consume(subject, "right", now))) ?? false;
      assert.equal(await countGranted(32, use), 1);
      assert.equal(await count(subject), "spent");
    } finally {
      await node.close();
    }
  });

  it("fits its own hash only, byte by byte, and spends nothing on others", async () => {
    for (const codeHash of lookAlikes) {
      const { subject } = await keep({ codeHash });
      for (const other of lookAlikes) if (other !== codeHash) assert.equal(await consume(subject, other), false);
      assert.equal(await consume(subject, codeHash), true);
      assert.equal(await consume(subject, codeHash), false);
    }
  });

  it("is used with the last try that was counted", async () => {
    const { subject } = await keep();
    for (let done = 0; done < 5; done += 1) await count(subject);
    assert.equal(await consume(subject), true);
  });

  it("has nothing that fits when it is a decoy, and counts all the same", async () => {
    const { subject } = await keep({ codeHash: undefined });
    assert.equal(await count(subject), "counted");
    for (const codeHash of ["", "null", "right"]) assert.equal(await consume(subject, codeHash), false);
    for (let done = 1; done < 5; done += 1) assert.equal(await count(subject), "counted");
    assert.equal(await count(subject), "spent");
  });

  it("takes the place of the older one, with all its tries", async () => {
    const { subject } = await keep({ codeHash: "older" });
    for (let done = 0; done < 5; done += 1) await count(subject);
    await keep({ subject, codeHash: "newer" });
    assert.equal(await count(subject), "counted");
    assert.equal(await consume(subject, "older"), false);
    assert.equal(await consume(subject, "newer"), true);
    await keep({ subject, codeHash: "newest" });
    assert.equal(await consume(subject, "newest"), true);
  });

  it("is dropped by subject, and with its account", async () => {
    const { codes } = open.realm.stores;
    const accountId = givenAccount().id;
    const [one, two, other] = [await keep({ accountId }), await keep({ accountId }), await keep()];
    await codes.remove(one.subject);
    assert.equal(await count(one.subject), "absent");
    assert.equal(await count(two.subject), "counted");
    await codes.removeAll(accountId);
    assert.equal(await count(two.subject), "absent");
    assert.equal(await count(other.subject), "counted");
  });

  it("shows another realm nothing, and is purged in portions", async () => {
    const { codes } = open.otherRealm.stores;
    const accountId = givenAccount().id;
    const { subject } = await keep({ accountId });
    assert.equal(await codes.countTry(subject, 5, now), "absent");
    assert.equal(await codes.consume(subject, "right", now), false);
    await codes.remove(subject);
    await codes.removeAll(accountId);
    for (const expiresAt of [now, now, now + 1, now + 2]) await codes.replace(givenCode({ expiresAt }));
    assert.equal(await codes.purge(now - 1, 100), 0);
    assert.equal(await codes.purge(now + 1, 2), 2);
    assert.equal(await codes.purge(now + 1, 100), 1);
    assert.equal(await codes.purge(now + 1, 100), 0);
    assert.equal(await count(subject), "counted");
  });
});
