import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import type { ApiKey, ApiSecret } from "#core/api-keys/api-key.js";
import { defaultKeyPolicy, type KeyPolicy } from "#core/api-keys/key-policy.js";
import { newApiKeyId, newApiSecretId, type RealmId } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { readRows, tablesThatHold } from "../engines/read-rows.js";
import { countGranted, givenApiKey, lookAlikes, now } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

const policy: KeyPolicy = {
  profile: "hardened",
  captcha: { provider: "altcha", flows: ["signup", "login"] },
  criticalChanges: false,
  factors: { otp: true, memorable: true, controlQuestion: true },
  signUp: { password: true },
  recovery: { methods: ["MAIL", "QUESTION"], defaultMethod: "MAIL", linkTo: "https://شرکت.example/recover" },
  scopes: ["users.read", "search"],
  addresses: ["10.0.0.0/8", "2001:db8::/32"],
  searchTypes: ["user"],
  origins: ["https://app.example.com"],
  limits: { login: { limit: 5, windowIn: 60_000 } },
  language: "fa",
};

describeOnEveryEngine("API key store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const apiKeys = () => open.realm.stores.apiKeys;
  const add = async (over: Partial<ApiKey> = {}, store = apiKeys()): Promise<ApiKey> => {
    const key = givenApiKey(over);
    await store.insert(key);
    return key;
  };
  const addSecret = async (keyId: ApiKey["id"], over: Partial<ApiSecret> = {}): Promise<ApiSecret> => {
    const secret = {
      id: newApiSecretId(systemRandom),
      keyId,
      secret: systemRandom.token(256),
      createdAt: now,
      expiresAt: undefined,
      ...over,
    };
    await apiKeys().insertSecret(secret);
    return secret;
  };

  it("gives a key back to every field, by its hash and its id", async () => {
    const key = await add({
      name: "فروشگاه",
      policy,
      isDevelopment: true,
      expiresAt: now + 1,
      disabledAt: now + 2,
    });
    assert.deepEqual(await apiKeys().findByHash(key.keyHash), key);
    assert.deepEqual(await apiKeys().find(key.id), key);
    const plain = await add();
    assert.deepEqual(await apiKeys().findByHash(plain.keyHash), plain);
    assert.equal(await apiKeys().findByHash("unknown"), undefined);
    assert.equal(await apiKeys().find(newApiKeyId(systemRandom)), undefined);
  });

  it("tells hashes apart byte by byte, and takes none twice", async () => {
    for (const keyHash of lookAlikes) await add({ keyHash });
    for (const keyHash of lookAlikes) {
      assert.equal((await apiKeys().findByHash(keyHash))?.keyHash, keyHash);
      await assert.rejects(add({ keyHash }));
    }
  });

  it("lists the keys of a realm, newest first", async () => {
    const { apiKeys: store } = open.database.forRealm("listed" as RealmId).stores;
    const [older, newer] = [await add({}, store), await add({ createdAt: now + 1 }, store)];
    assert.deepEqual(await store.list(), [newer, older]);
  });

  it("changes a policy at once", async () => {
    const key = await add();
    assert.equal(await apiKeys().changePolicy(key.id, policy), true);
    assert.equal(await apiKeys().changePolicy(key.id, policy), true);
    assert.deepEqual(await apiKeys().findByHash(key.keyHash), { ...key, policy });
    assert.equal(await apiKeys().changePolicy(newApiKeyId(systemRandom), policy), false);
  });

  it("gives a policy the default of what an older version did not know", async () => {
    const key = await add();
    await readRows(
      open.url,
      `update api_key set policy = '{"language":"ru","factors":{"otp":true}}' where api_key_id = '${key.id}'`,
    );
    const factors = { ...defaultKeyPolicy.factors, otp: true };
    assert.deepEqual((await apiKeys().find(key.id))?.policy, { ...defaultKeyPolicy, factors, language: "ru" });
  });

  it("is disabled, and enabled, by exactly one of 8", async () => {
    const { id, keyHash } = await add();
    assert.equal(await apiKeys().enable(id), false);
    assert.equal(await countGranted(8, () => apiKeys().disable(id, now + 1)), 1);
    assert.equal((await apiKeys().findByHash(keyHash))?.disabledAt, now + 1);
    assert.equal(await countGranted(8, () => apiKeys().enable(id)), 1);
    assert.equal((await apiKeys().findByHash(keyHash))?.disabledAt, undefined);
  });

  it("keeps secrets so that the database does not tell them, newest first, until their end", async () => {
    const { id } = await add();
    const [older, newer] = [await addSecret(id), await addSecret(id, { createdAt: now + 1, expiresAt: now + 50 })];
    await addSecret((await add()).id);
    assert.deepEqual(await apiKeys().secretsOf(id, now), [newer, older]);
    assert.deepEqual(await apiKeys().secretsOf(id, now + 49), [newer, older]);
    assert.deepEqual(await apiKeys().secretsOf(id, now + 50), [older]);
    assert.equal(await apiKeys().expireSecret(older.id, now + 60), true);
    assert.deepEqual(await apiKeys().secretsOf(id, now + 59), [{ ...older, expiresAt: now + 60 }]);
    assert.deepEqual(await apiKeys().secretsOf(id, now + 60), []);
    for (const { secret } of [older, newer]) assert.deepEqual(await tablesThatHold(open.url, secret), []);
  });

  it("brings a secret's end nearer, and never takes it away", async () => {
    const { id } = await add();
    const secret = await addSecret(id, { expiresAt: now + 50 });
    assert.equal(await apiKeys().expireSecret(secret.id, now + 51), false);
    assert.equal(await apiKeys().expireSecret(secret.id, now + 50), false);
    assert.equal(await apiKeys().expireSecret(secret.id, now), true);
    assert.deepEqual(await apiKeys().secretsOf(id, now), []);
    assert.equal(await apiKeys().expireSecret(newApiSecretId(systemRandom), now), false);
  });

  it("opens no secret that was moved to another key", async () => {
    const [one, other] = [await add(), await add()];
    const { id } = await addSecret(one.id);
    await readRows(open.url, `update api_key_secret set api_key_id = '${other.id}' where secret_id = '${id}'`);
    await assert.rejects(apiKeys().secretsOf(other.id, now));
  });

  it("knows the origins of every key that is good", async () => {
    const of = (origin: string): Partial<ApiKey> => ({ policy: { ...policy, origins: ["https://a.example", origin] } });
    await add(of("https://good.example"));
    await add({ ...of("https://disabled.example"), disabledAt: now });
    await add({ ...of("https://over.example"), expiresAt: now });
    await add({ ...of("https://soon-over.example"), expiresAt: now + 1 });
    for (const [origin, isListed] of [
      ["https://good.example", true],
      ["https://a.example", true],
      ["https://soon-over.example", true],
      ["https://disabled.example", false],
      ["https://over.example", false],
      ["https://GOOD.example", false],
      ["https://good.exampl", false],
      ["https://good.exampl_", false],
      ["%", false],
      ["fa", false],
      ["", false],
      ['https://good.example"', false],
    ] as const)
      assert.equal(await apiKeys().listsOrigin(origin, now), isListed, origin);
    assert.equal(await open.otherRealm.stores.apiKeys.listsOrigin("https://good.example", now), false);
  });

  it("shows another realm nothing", async () => {
    const key = await add();
    const secret = await addSecret(key.id);
    const other = open.otherRealm.stores.apiKeys;
    assert.equal(await other.findByHash(key.keyHash), undefined);
    assert.equal(await other.find(key.id), undefined);
    assert.deepEqual(await other.list(), []);
    assert.equal(await other.changePolicy(key.id, policy), false);
    assert.equal(await other.disable(key.id, now), false);
    assert.equal(await other.enable(key.id), false);
    assert.deepEqual(await other.secretsOf(key.id, now), []);
    assert.equal(await other.expireSecret(secret.id, now), false);
    await other.insert(key);
    assert.deepEqual(await apiKeys().find(key.id), key);
    assert.deepEqual(await apiKeys().secretsOf(key.id, now), [secret]);
  });

  it("refuses what is longer than its column", async () => {
    await add({ name: "😀".repeat(200) });
    await assert.rejects(add({ name: "x".repeat(201) }));
  });
});
