import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, it } from "node:test";
import type { Database } from "#adapters/database/database.js";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import { newApiKeyId, newApiSecretId, type RealmId } from "#core/ids.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { givenAccount, now } from "./given-rows.js";
import { openByUrl } from "./open-stores.js";

const [older, newer, lost] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const columns = [
  ["api_key_secret", "sealed_secret"],
  ["identity_provider", "sealed_configuration"],
  ["memorable_word", "sealed_words"],
  ["control_question", "sealed_question"],
] as const;

describeOnEveryEngine("sealed rows", (engine) => {
  let fresh: FreshDatabase;
  let ofOlder: Database;
  let rotated: Database;
  let ofNewer: Database;
  let ofLost: Database;
  before(async () => {
    fresh = await engine.freshDatabase();
    ofOlder = await openByUrl(fresh.url, createSecrets([older]));
    rotated = await openByUrl(fresh.url, createSecrets([newer, older]));
    ofNewer = await openByUrl(fresh.url, createSecrets([newer]));
    ofLost = await openByUrl(fresh.url, createSecrets([lost]));
    await ofOlder.migrate();
  });
  after(async () => {
    for (const database of [ofOlder, rotated, ofNewer, ofLost]) await database.close();
    await fresh.drop();
  });

  /** One row of each kind. */
  const put = async (database: Database, realmId: RealmId) => {
    const { stores } = database.forRealm(realmId);
    const accountId = givenAccount().id;
    const keyId = newApiKeyId(systemRandom);
    const secret = {
      id: newApiSecretId(systemRandom),
      keyId,
      secret: systemRandom.token(256),
      createdAt: now,
      expiresAt: undefined,
    };
    const provider = { name: systemRandom.token(128), configuration: "{}", createdAt: now };
    const words = [systemRandom.token(128)];
    const question = { question: systemRandom.token(128), answerHash: "hash" };
    await stores.apiKeys.insertSecret(secret);
    await stores.identityProviders.insert(provider);
    await stores.factors.setMemorableWords(accountId, words, now);
    await stores.factors.setControlQuestion(accountId, question, now);
    const read = async (by: Database) => {
      const found = by.forRealm(realmId).stores;
      assert.deepEqual(await found.apiKeys.secretsOf(keyId, now), [secret]);
      assert.ok((await found.identityProviders.list()).some(({ name }) => name === provider.name));
      assert.deepEqual(await found.factors.memorableWords(accountId), words);
      assert.deepEqual(await found.factors.controlQuestion(accountId), question);
    };
    return { read };
  };
  const sealedIn = async (realmId: RealmId): Promise<readonly string[]> => {
    const found = [];
    for (const [table, column] of columns)
      for (const row of await readRows(
        fresh.url,
        `select ${column} as sealed from ${table} where realm_id = '${realmId}'`,
      ))
        found.push(String(row["sealed"]));
    return found.toSorted();
  };

  it("stand under the newest secret after a rotation, so that the older one can go", async () => {
    const realmId = "rotated" as RealmId;
    const rows = [await put(ofOlder, realmId), await put(rotated, realmId), await put(ofOlder, realmId)];
    const untouched = await put(ofOlder, "another" as RealmId);
    assert.equal(await rotated.forRealm(realmId).sealed.reseal(3), 3);
    assert.equal(await rotated.forRealm(realmId).sealed.reseal(100), 5);
    assert.equal(await rotated.forRealm(realmId).sealed.reseal(100), 0);
    for (const { read } of rows) await read(ofNewer);
    await assert.rejects(untouched.read(ofNewer));
    await untouched.read(rotated);
  });

  it("are passed over where nobody can open them", async () => {
    const realmId = "lost" as RealmId;
    for (let count = 0; count < 3; count += 1) await put(ofLost, realmId);
    const unreadable = await sealedIn(realmId);
    const good = await put(ofOlder, realmId);
    assert.equal(await rotated.forRealm(realmId).sealed.reseal(2), 2);
    assert.equal(await rotated.forRealm(realmId).sealed.reseal(2), 2);
    assert.equal(await rotated.forRealm(realmId).sealed.reseal(2), 0);
    const left = await sealedIn(realmId);
    for (const sealed of unreadable) assert.ok(left.includes(sealed));
    await assert.rejects(good.read(ofNewer));
  });

  it("are resealed once when 8 nodes do it at once", async () => {
    const realmId = "at once" as RealmId;
    const rows = [await put(ofOlder, realmId), await put(ofOlder, realmId)];
    const { sealed } = rotated.forRealm(realmId);
    const done = await Promise.all(Array.from({ length: 8 }, () => sealed.reseal(100)));
    assert.equal(
      done.reduce((sum, count) => sum + count, 0),
      8,
    );
    for (const { read } of rows) await read(ofNewer);
  });
});
