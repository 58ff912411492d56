import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { defaultRealm, type RealmId } from "#core/ids.js";
import { parseCompanyCode } from "#core/realms/realm.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { readRows, tablesThatHold } from "../engines/read-rows.js";
import { countGranted, givenAccount, givenDisclaimer, givenEntry, lookAlikes, now } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("realm store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("makes a realm for exactly one of 32 at once, and lists all by their codes", async () => {
    const { realms } = open.database;
    const codes = ["zoo", "acme", "acme-2"].map((text) => parseCompanyCode(text) ?? defaultRealm);
    for (const id of codes) {
      assert.equal(await realms.find(id), undefined);
      assert.equal(await countGranted(32, () => realms.insert({ id, createdAt: now })), 1);
      assert.deepEqual(await realms.find(id), { id, createdAt: now });
    }
    assert.equal(await realms.insert({ id: defaultRealm, createdAt: now }), false);
    assert.deepEqual(
      (await realms.list()).map(({ id }) => id),
      ["acme", "acme-2", "default", "zoo"],
    );
  });

  it("tells codes apart byte by byte", async () => {
    for (const text of lookAlikes) {
      // A store takes whatever text it is given.
      const id = text as RealmId;
      assert.equal(await open.database.realms.find(id), undefined);
      assert.equal(await open.database.realms.insert({ id, createdAt: now }), true);
      assert.equal((await open.database.realms.find(id))?.id, id);
    }
  });
});

describeOnEveryEngine("identity provider store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const providers = () => open.realm.stores.identityProviders;
  const given = (name: string) => ({
    name,
    configuration: `{"clientSecret":"${systemRandom.token(256)}"}`,
    createdAt: now,
  });

  it("keeps providers by name so that the database does not tell their secrets", async () => {
    const [google, acme] = [given("google"), given("acme")];
    for (const provider of [google, acme]) assert.equal(await providers().insert(provider), true);
    assert.deepEqual(await providers().list(), [
      { ...acme, disabledAt: undefined },
      { ...google, disabledAt: undefined },
    ]);
    assert.deepEqual(await tablesThatHold(open.url, google.configuration.slice(17, 60)), []);
  });

  it("takes a name for exactly one of 32 at once, and never again", async () => {
    const first = given("taken");
    assert.equal(await countGranted(32, () => providers().insert(first)), 1);
    assert.equal(await countGranted(8, () => providers().disable("taken", now + 1)), 1);
    assert.equal(await providers().insert(given("taken")), false);
    assert.deepEqual(
      (await providers().list()).find(({ name }) => name === "taken"),
      { ...first, disabledAt: now + 1 },
    );
    assert.equal(await providers().disable("unknown", now), false);
  });

  it("takes another configuration of a provider that is there, which is on again", async () => {
    await providers().insert(given("changed"));
    await providers().disable("changed", now + 1);
    const { configuration } = given("changed");
    assert.equal(await providers().replace("changed", configuration), true);
    assert.equal(await providers().replace("not there", configuration), false);
    assert.equal(await open.otherRealm.stores.identityProviders.replace("changed", configuration), false);
    assert.deepEqual(
      (await providers().list()).find(({ name }) => name === "changed"),
      { name: "changed", configuration, createdAt: now, disabledAt: undefined },
    );
  });

  it("opens no configuration under another name", async () => {
    const { identityProviders } = open.database.forRealm("moved" as RealmId).stores;
    for (const name of ["one", "other"]) await identityProviders.insert(given(name));
    const inRealm = "realm_id = 'moved' and name =";
    const [row] = await readRows(
      open.url,
      `select sealed_configuration as sealed from identity_provider where ${inRealm} 'other'`,
    );
    await readRows(
      open.url,
      `update identity_provider set sealed_configuration = '${String(row?.["sealed"])}' where ${inRealm} 'one'`,
    );
    await assert.rejects(identityProviders.list());
  });

  it("shows another realm nothing", async () => {
    await providers().insert(given("own"));
    const other = open.otherRealm.stores.identityProviders;
    assert.deepEqual(await other.list(), []);
    assert.equal(await other.disable("own", now), false);
    assert.equal(await other.insert(given("own")), true);
  });
});

describeOnEveryEngine("disclaimer store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  let realms = 0;
  const newStore = () => {
    realms += 1;
    return open.database.forRealm(`disclaimers ${realms}` as RealmId).stores.disclaimers;
  };

  it("keeps a version for exactly one of 8, and never changes it", async () => {
    const store = newStore();
    const terms = givenDisclaimer({ titles: { en: "Terms", fa: "شرایط", ru: "Условия" } });
    assert.equal(await countGranted(8, () => store.insert(terms)), 1);
    assert.equal(await store.insert({ ...terms, url: "https://example.com/other", titles: { en: "Other" } }), false);
    assert.deepEqual(await store.list(), [terms]);
  });

  it("requires of each code the last version whose time has come", async () => {
    const store = newStore();
    const one = givenDisclaimer({ version: "1", requiredFrom: now });
    const two = givenDisclaimer({ version: "2", requiredFrom: now + 10 });
    const late = givenDisclaimer({ version: "2b", requiredFrom: now + 10, createdAt: now + 1 });
    const privacy = givenDisclaimer({ code: "privacy", version: "1", requiredFrom: now + 5 });
    for (const disclaimer of [two, privacy, one, late]) assert.equal(await store.insert(disclaimer), true);
    assert.deepEqual(await store.list(), [privacy, late, two, one]);
    assert.deepEqual(await store.requiredAt(now - 1), []);
    assert.deepEqual(await store.requiredAt(now), [one]);
    assert.deepEqual(await store.requiredAt(now + 5), [privacy, one]);
    assert.deepEqual(await store.requiredAt(now + 9), [privacy, one]);
    assert.deepEqual(await store.requiredAt(now + 10), [privacy, late]);
  });

  it("keeps the first acceptance of a version whoever comes again, and spoils no transaction", async () => {
    const store = newStore();
    const acceptance = {
      accountId: givenAccount().id,
      code: "terms",
      version: "1",
      language: "fa",
      acceptedAt: now,
      requestId: "req_1",
    };
    await store.accept(acceptance);
    await Promise.all(
      Array.from({ length: 32 }, (_, index) => store.accept({ ...acceptance, acceptedAt: now + index })),
    );
    const second = { ...acceptance, version: "2", acceptedAt: now + 5 };
    await open.database.forRealm(`disclaimers ${realms}` as RealmId).transaction(async ({ disclaimers }) => {
      await disclaimers.accept({ ...acceptance, language: "en" });
      await disclaimers.accept(second);
    });
    assert.deepEqual(await store.acceptedBy(acceptance.accountId), [acceptance, second]);
    assert.deepEqual(await store.acceptedBy(givenAccount().id), []);
  });

  it("shows another realm nothing", async () => {
    const [store, other] = [newStore(), newStore()];
    const accountId = givenAccount().id;
    await store.insert(givenDisclaimer());
    await store.accept({ accountId, code: "terms", version: "1", language: "en", acceptedAt: now, requestId: "r" });
    assert.deepEqual(await other.list(), []);
    assert.deepEqual(await other.requiredAt(now), []);
    assert.deepEqual(await other.acceptedBy(accountId), []);
    assert.equal(await other.insert(givenDisclaimer()), true);
  });

  it("refuses what is longer than its column", async () => {
    const store = newStore();
    await assert.rejects(store.insert(givenDisclaimer({ code: "x".repeat(65) })));
    await assert.rejects(store.insert(givenDisclaimer({ version: "x".repeat(65) })));
    await assert.rejects(store.insert(givenDisclaimer({ url: `https://${"x".repeat(2041)}` })));
  });
});

describeOnEveryEngine("entry store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const entries = () => open.realm.stores.entries;

  it("gives an entry back to every field, to its own account alone", async () => {
    const { id: accountId } = givenAccount();
    const entry = givenEntry(accountId, { data: { provider: "گوگل", subject: "😀 1" } });
    await entries().insert(entry);
    assert.deepEqual(await entries().find(accountId, entry.id), entry);
    assert.equal(await entries().find(givenAccount().id, entry.id), undefined);
    assert.equal(await entries().remove(givenAccount().id, entry.id), false);
    assert.equal(await open.otherRealm.stores.entries.find(accountId, entry.id), undefined);
    assert.equal(await open.otherRealm.stores.entries.remove(accountId, entry.id), false);
    assert.deepEqual(await open.otherRealm.stores.entries.list(accountId, { limit: 10, after: undefined }), []);
    assert.equal(await countGranted(8, () => entries().remove(accountId, entry.id)), 1);
    assert.equal(await entries().find(accountId, entry.id), undefined);
  });

  it("keeps one of an account's entries that share their key, of 32 at once", async () => {
    const [{ id: accountId }, { id: other }] = [givenAccount(), givenAccount()];
    const { uniqueKey } = givenEntry(accountId);
    assert.equal(await countGranted(32, () => entries().insert(givenEntry(accountId, { uniqueKey }))), 1);
    assert.equal(await entries().insert(givenEntry(other, { uniqueKey })), true);
    assert.equal(await open.otherRealm.stores.entries.insert(givenEntry(accountId, { uniqueKey })), true);
    await open.realm.transaction(async (stores) => {
      assert.equal(await stores.entries.insert(givenEntry(accountId, { uniqueKey })), false);
      // The transaction goes on.
      assert.equal(await stores.entries.insert(givenEntry(accountId)), true);
    });
    assert.equal((await entries().list(accountId, { limit: 10, after: undefined })).length, 2);
  });

  it("lists entries newest first, page after page, those of one instant too", async () => {
    const { id: accountId } = givenAccount();
    for (const at of [now, now, now, now + 1, now + 2])
      await entries().insert(givenEntry(accountId, { createdAt: at }));
    await entries().insert(givenEntry(givenAccount().id));
    const all = await entries().list(accountId, { limit: 100, after: undefined });
    assert.deepEqual(
      all.map(({ createdAt }) => createdAt - now),
      [2, 1, 0, 0, 0],
    );
    const paged = [];
    for (let after: (typeof all)[number]["id"] | undefined; ; ) {
      const page = await entries().list(accountId, { limit: 2, after });
      if (page.length === 0) break;
      paged.push(...page);
      after = page.at(-1)?.id;
    }
    assert.deepEqual(paged, all);
    const foreign = givenEntry(givenAccount().id);
    await entries().insert(foreign);
    assert.deepEqual(await entries().list(accountId, { limit: 2, after: foreign.id }), []);
  });

  it("refuses what is longer than its column", async () => {
    await assert.rejects(entries().insert(givenEntry(givenAccount().id, { client: "x".repeat(65) })));
  });
});
