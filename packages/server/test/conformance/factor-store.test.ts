import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import type { BackupCode } from "#core/factors/factor-store.js";
import { defaultRealm } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countRows, readRows, tablesThatHold } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { countGranted, givenAccount, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores } from "./open-stores.js";

const nothing = { hasSecondFactor: false, hasMemorableWords: false, hasControlQuestion: false, backupCodes: 0 };

describeOnEveryEngine("factor store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const factors = () => open.realm.stores.factors;
  const newId = () => givenAccount().id;
  const codes = (count = 10): readonly BackupCode[] =>
    Array.from({ length: count }, (_, index) => ({ slot: String(index), hash: `hash ${systemRandom.token(128)}` }));
  const onTwoNodes = async (work: (storeOf: (index: number) => ReturnType<typeof factors>) => Promise<void>) => {
    const node = await openByUrl(open.url);
    try {
      const other = node.forRealm(defaultRealm).stores.factors;
      await work((index) => (index % 2 === 0 ? factors() : other));
    } finally {
      await node.close();
    }
  };

  it("tells in one read what an account has set up", async () => {
    const id = newId();
    assert.deepEqual(await factors().enrolled(id), nothing);
    await factors().setSecondFactor(id, true, now);
    assert.deepEqual(await factors().enrolled(id), { ...nothing, hasSecondFactor: true });
    await factors().setMemorableWords(id, ["rosebud-is-it"], now);
    await factors().setControlQuestion(id, { question: "Where?", answerHash: "hash" }, now);
    await factors().replaceBackupCodes(id, codes(), now);
    await factors().setSecondFactor(id, false, now + 1);
    assert.deepEqual(await factors().enrolled(id), {
      hasSecondFactor: false,
      hasMemorableWords: true,
      hasControlQuestion: true,
      backupCodes: 10,
    });
  });

  it("uses a backup code for exactly one of 32 at once, on two nodes, and no other code", async () => {
    await onTwoNodes(async (storeOf) => {
      for (let round = 0; round < rounds(); round += 1) {
        const id = newId();
        const made = codes();
        const [code] = made;
        assert.ok(code);
        await factors().replaceBackupCodes(id, made, now);
        assert.equal(await factors().findBackupCode(id, code.slot), code.hash);
        assert.equal(await countGranted(32, (index) => storeOf(index).useBackupCode(id, code, now + index)), 1);
        assert.equal(await factors().findBackupCode(id, code.slot), undefined);
        assert.equal((await factors().enrolled(id)).backupCodes, 9);
        assert.equal(await factors().findBackupCode(id, "1"), made[1]?.hash);
      }
    });
  });

  it("puts codes in place of all older ones, which are good no more", async () => {
    const id = newId();
    const [older, newer] = [codes(), codes(3)];
    await factors().replaceBackupCodes(id, older, now);
    await factors().replaceBackupCodes(id, newer, now + 1);
    for (const code of older) assert.equal(await factors().useBackupCode(id, code, now + 2), false);
    assert.equal(await factors().findBackupCode(id, "3"), undefined);
    for (const code of newer) assert.equal(await factors().useBackupCode(id, code, now + 2), true);
    await factors().replaceBackupCodes(id, [], now + 3);
    assert.deepEqual((await factors().describe(id)).backupCodes, []);
  });

  it("leaves the codes of exactly one of 8 who replace them at once, whatever their slots", async () => {
    await onTwoNodes(async (storeOf) => {
      for (let round = 0; round < rounds(); round += 1) {
        const id = newId();
        const sets = Array.from({ length: 8 }, (_, set) =>
          codes().map(({ hash }, index) => ({ slot: String(index + set), hash })),
        );
        await Promise.all(sets.map((set, index) => storeOf(index).replaceBackupCodes(id, set, now)));
        const kept = await readRows(open.url, `select hash from backup_code where account_id = '${id}'`);
        const hashes = new Set(kept.map(({ hash }) => hash));
        assert.equal(hashes.size, 10);
        assert.equal(sets.filter((set) => set.every(({ hash }) => hashes.has(hash))).length, 1);
      }
    });
  });

  it("keeps the older codes when the transaction that replaces them is rolled back", async () => {
    const id = newId();
    const older = codes();
    await factors().replaceBackupCodes(id, older, now);
    const failing = open.realm.transaction(async (stores) => {
      await stores.factors.replaceBackupCodes(id, codes(), now);
      throw new Error("rolled back");
    });
    await assert.rejects(failing, { message: "rolled back" });
    for (const code of older) assert.equal(await factors().useBackupCode(id, code, now), true);
  });

  it("keeps memorable words and the control question so that the database tells neither", async () => {
    const id = newId();
    const words = ["Plainly-Readable", "خواندنی‌ترین"];
    assert.equal(await factors().memorableWords(id), undefined);
    assert.equal(await factors().controlQuestion(id), undefined);
    await factors().setMemorableWords(id, words, now);
    await factors().setControlQuestion(id, { question: "Plainly-Readable?", answerHash: "hash" }, now);
    assert.deepEqual(await factors().memorableWords(id), words);
    assert.deepEqual(await factors().controlQuestion(id), { question: "Plainly-Readable?", answerHash: "hash" });
    assert.deepEqual(await tablesThatHold(open.url, "Plainly-Readable"), []);
    await factors().setMemorableWords(id, ["another-word"], now + 1);
    await factors().setControlQuestion(id, { question: "Another?", answerHash: "other" }, now + 1);
    assert.deepEqual(await factors().memorableWords(id), ["another-word"]);
    assert.deepEqual(await factors().controlQuestion(id), { question: "Another?", answerHash: "other" });
  });

  for (const [table, column, read] of [
    ["memorable_word", "sealed_words", "memorableWords"],
    ["control_question", "sealed_question", "controlQuestion"],
  ] as const) {
    it(`opens no ${table} that was moved to another account`, async () => {
      const [one, other] = [newId(), newId()];
      for (const id of [one, other]) {
        await factors().setMemorableWords(id, [`word of ${id}`], now);
        await factors().setControlQuestion(id, { question: `question of ${id}`, answerHash: "hash" }, now);
      }
      const [row] = await readRows(open.url, `select ${column} from ${table} where account_id = '${other}'`);
      await readRows(
        open.url,
        `update ${table} set ${column} = '${String(row?.[column])}' where account_id = '${one}'`,
      );
      await assert.rejects(factors()[read](one));
    });
  }

  it("pins the same positions for all of 32 at once, on two nodes", async () => {
    await onTwoNodes(async (storeOf) => {
      for (let round = 0; round < rounds(); round += 1) {
        const subject = newId();
        const draw = (index: number, at: number, drawnBefore: number) =>
          storeOf(index).pinPositions(subject, [index, index + 1, index + 2], { at, drawnBefore });
        const first = await Promise.all(Array.from({ length: 32 }, (_, index) => draw(index, now, now - 1000)));
        assert.equal(new Set(first.map(String)).size, 1);
        const later = await Promise.all(Array.from({ length: 32 }, (_, index) => draw(index, now + 1000, now)));
        assert.equal(new Set(later.map(String)).size, 1);
        assert.deepEqual(await draw(77, now + 1999, now + 999), later[0]);
      }
    });
  });

  for (const [drawnAt, isKept] of [
    [now - 1, false],
    [now, false],
    [now + 1, true],
  ] as const) {
    it(`${isKept ? "keeps" : "draws anew"} positions drawn ${drawnAt - now} ms after the last that are too old`, async () => {
      const subject = newId();
      await factors().pinPositions(subject, [1, 2, 3], { at: drawnAt, drawnBefore: 0 });
      const pinned = await factors().pinPositions(subject, [4, 5, 6], { at: now + 9, drawnBefore: now });
      assert.deepEqual(pinned, isKept ? [1, 2, 3] : [4, 5, 6]);
    });
  }

  it("draws anew what was answered, and when other words are set", async () => {
    const id = newId();
    const pin = (...drawn: readonly number[]) => factors().pinPositions(id, drawn, { at: now, drawnBefore: 0 });
    await pin(1, 2, 3);
    await factors().unpinPositions(id);
    assert.deepEqual(await pin(4, 5, 6), [4, 5, 6]);
    await factors().setMemorableWords(id, ["other-words"], now);
    assert.deepEqual(await pin(7, 8, 9), [7, 8, 9]);
  });

  it("pins what others have pinned meanwhile within a transaction, too", async () => {
    const subject = newId();
    await open.realm.transaction(async (stores) => {
      assert.equal((await stores.factors.enrolled(subject)).backupCodes, 0);
      if (engine.name !== "sqlite") await factors().pinPositions(subject, [1, 2, 3], { at: now, drawnBefore: 0 });
      const pinned = await stores.factors.pinPositions(subject, [4, 5, 6], { at: now, drawnBefore: 0 });
      assert.deepEqual(pinned, engine.name === "sqlite" ? [4, 5, 6] : [1, 2, 3]);
    });
  });

  it("describes what is kept, without what anybody is known by", async () => {
    const id = newId();
    const made = codes(2);
    const empty = {
      secondFactor: undefined,
      backupCodes: [],
      memorableWordsSetAt: undefined,
      positionsDrawnAt: undefined,
      controlQuestion: undefined,
    };
    assert.deepEqual(await factors().describe(id), empty);
    await factors().replaceBackupCodes(id, made, now);
    for (const code of made.slice(1)) await factors().useBackupCode(id, code, now + 5);
    const backupCodes = [
      { createdAt: now, usedAt: undefined },
      { createdAt: now, usedAt: now + 5 },
    ];
    assert.deepEqual(await factors().describe(id), { ...empty, backupCodes });
    await factors().setSecondFactor(id, true, now + 1);
    await factors().setMemorableWords(id, ["words"], now + 2);
    await factors().setControlQuestion(id, { question: "Where?", answerHash: "hash" }, now + 3);
    await factors().pinPositions(id, [1, 2, 3], { at: now + 4, drawnBefore: now });
    assert.deepEqual(await factors().describe(id), {
      secondFactor: { isOn: true, changedAt: now + 1 },
      backupCodes,
      memorableWordsSetAt: now + 2,
      positionsDrawnAt: now + 4,
      controlQuestion: { question: "Where?", setAt: now + 3 },
    });
  });

  it("drops everything of an account", async () => {
    const [id, other] = [newId(), newId()];
    for (const accountId of [id, other]) {
      await factors().setSecondFactor(accountId, true, now);
      await factors().setMemorableWords(accountId, ["words"], now);
      await factors().setControlQuestion(accountId, { question: "Where?", answerHash: "hash" }, now);
      await factors().replaceBackupCodes(accountId, codes(), now);
      await factors().pinPositions(accountId, [1, 2, 3], { at: now, drawnBefore: 0 });
    }
    await factors().removeAll(id);
    assert.deepEqual(await factors().enrolled(id), nothing);
    assert.deepEqual(await tablesThatHold(open.url, id), []);
    assert.equal((await factors().enrolled(other)).backupCodes, 10);
    assert.equal(await countRows(open.url, "memorable_challenge", `subject = '${other}'`), 1);
  });

  it("shows another realm nothing, and is purged in portions", async () => {
    const id = newId();
    const { factors: elsewhere } = open.otherRealm.stores;
    const made = codes();
    await factors().setSecondFactor(id, true, now);
    await factors().setMemorableWords(id, ["words"], now);
    await factors().setControlQuestion(id, { question: "Where?", answerHash: "hash" }, now);
    await factors().replaceBackupCodes(id, made, now);
    await factors().pinPositions(id, [1, 2, 3], { at: now, drawnBefore: 0 });
    assert.deepEqual(await elsewhere.enrolled(id), nothing);
    assert.equal(await elsewhere.memorableWords(id), undefined);
    assert.equal(await elsewhere.controlQuestion(id), undefined);
    assert.equal(await elsewhere.findBackupCode(id, "0"), undefined);
    for (const code of made) assert.equal(await elsewhere.useBackupCode(id, code, now), false);
    assert.deepEqual(await elsewhere.pinPositions(id, [4, 5, 6], { at: now, drawnBefore: 0 }), [4, 5, 6]);
    await elsewhere.removeAll(id);
    for (const at of [1000, 1000, 1001, 1002])
      await elsewhere.pinPositions(systemRandom.token(128), [1, 2, 3], { at, drawnBefore: 0 });
    assert.equal(await elsewhere.purge(999, 100), 0);
    assert.equal(await elsewhere.purge(1001, 2), 2);
    assert.equal(await elsewhere.purge(1001, 100), 1);
    assert.equal((await factors().enrolled(id)).backupCodes, 10);
    assert.deepEqual(await factors().pinPositions(id, [7, 8, 9], { at: now, drawnBefore: 0 }), [1, 2, 3]);
  });

  it("refuses what is longer than its column", async () => {
    const id = newId();
    await assert.rejects(factors().replaceBackupCodes(id, [{ slot: "0".repeat(9), hash: "hash" }], now));
    await assert.rejects(factors().pinPositions("x".repeat(129), [1], { at: now, drawnBefore: 0 }));
    assert.deepEqual(await factors().enrolled(id), nothing);
  });
});
