import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { AuditEvent } from "#core/audit/audit-trail.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, givenAccount, givenFailure, givenKey, givenLink, now } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("password store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("sets, replaces and upgrades for exactly one, in its realm", async () => {
    const { accounts, passwords } = open.realm.stores;
    const account = givenAccount();
    await accounts.insert(account);
    await passwords.set(account.id, "one", now);
    await passwords.set(account.id, "two", now + 1);
    assert.equal((await accounts.find(account.id))?.account.passwordChangedAt, now + 1);
    assert.equal(await passwords.upgrade(account.id, "one", "three"), false);
    assert.equal(await open.otherRealm.stores.passwords.upgrade(account.id, "two", "three"), false);
    assert.equal(await passwords.upgrade(account.id, "TWO", "three"), false);
    assert.equal(await countGranted(32, (index) => passwords.upgrade(account.id, "two", `three ${index}`)), 1);
    assert.equal((await accounts.find(account.id))?.account.passwordChangedAt, now + 1);
  });

  it("finds the hash and its last change, also where there is none, and in its realm alone", async () => {
    const { accounts, passwords } = open.realm.stores;
    const account = givenAccount();
    assert.equal(await passwords.find(account.id), undefined);
    await accounts.insert(account);
    assert.deepEqual(await passwords.find(account.id), { hash: undefined, changedAt: undefined });
    await passwords.set(account.id, "one", now);
    await passwords.upgrade(account.id, "one", "two");
    assert.deepEqual(await passwords.find(account.id), { hash: "two", changedAt: now });
    assert.equal(await open.otherRealm.stores.passwords.find(account.id), undefined);
  });

  it("sets for 32 at once", async () => {
    const account = givenAccount();
    await open.realm.stores.accounts.insert(account);
    await Promise.all(
      Array.from({ length: 32 }, (_, index) => open.realm.stores.passwords.set(account.id, `h${index}`, now + index)),
    );
  });
});

describeOnEveryEngine("signing key store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("keeps keys of its realm to every field, retires, reseals and purges them", async () => {
    const { signingKeys } = open.realm.stores;
    const old = givenKey({ createdAt: now - 10, publicJwk: `{"n":"${"x".repeat(4000)}"}` });
    const young = givenKey({ createdAt: now });
    const other = givenKey({ createdAt: now + 1, algorithm: "EdDSA" });
    for (const key of [young, old, other]) await signingKeys.insert(key);
    assert.deepEqual(await signingKeys.list(), [old, young, other]);
    const elsewhere = open.otherRealm.stores.signingKeys;
    const retirement = { madeBefore: now, retiredAt: now + 5, expiresAt: now + 9 };
    assert.deepEqual(await elsewhere.list(), []);
    assert.equal(await elsewhere.retire("ES256", retirement), 0);
    assert.equal(await elsewhere.reseal({ ...old, sealedPrivateJwk: "v2" }, old.sealedPrivateJwk), false);
    assert.equal(await elsewhere.purge(now * 2), 0);
    assert.equal(await countGranted(8, async () => (await signingKeys.retire("ES256", retirement)) === 1), 1);
    assert.deepEqual(await signingKeys.list(), [{ ...old, retiredAt: now + 5, expiresAt: now + 9 }, young, other]);
    assert.equal(
      await countGranted(8, (index) => signingKeys.reseal({ ...young, sealedPrivateJwk: `v2 ${index}` }, "v1.sealed")),
      1,
    );
    assert.equal(await signingKeys.purge(now + 8), 0);
    assert.equal(await signingKeys.purge(now + 9), 1);
    assert.equal((await signingKeys.list()).length, 2);
  });
});

describeOnEveryEngine("account link store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("is consumed by exactly one of 32", async () => {
    const { links } = open.realm.stores;
    const account = givenAccount().id;
    const link = givenLink(account);
    await links.replace(link);
    assert.equal(await links.find(link.tokenHash, "reset-password", now), account);
    assert.equal(await countGranted(32, () => links.consume(link.tokenHash, "reset-password", now)), 1);
    assert.equal(await links.find(link.tokenHash, "reset-password", now), undefined);
  });

  for (const [at, is] of [
    [999, true],
    [1000, false],
    [1001, false],
  ] as const) {
    it(`${is ? "lives" : "is over"} ${at} ms after it was made for 1000`, async () => {
      const { links } = open.realm.stores;
      const account = givenAccount().id;
      const link = givenLink(account);
      await links.replace(link);
      assert.equal(await links.find(link.tokenHash, "reset-password", now + at), is ? account : undefined);
      assert.equal(await links.consume(link.tokenHash, "reset-password", now + at), is ? account : undefined);
    });
  }

  it("is killed by a newer one, stays in its realm, and is purged", async () => {
    const { links } = open.realm.stores;
    const account = givenAccount().id;
    const [older, newer] = [givenLink(account), givenLink(account, { expiresAt: now + 5000 })];
    await links.replace(older);
    await links.replace(newer);
    assert.equal(await links.consume(older.tokenHash, "reset-password", now), undefined);
    assert.equal(await open.otherRealm.stores.links.consume(newer.tokenHash, "reset-password", now), undefined);
    assert.equal(await open.otherRealm.stores.links.purge(now * 2, 10), 0);
    await links.purge(now + 4999, 100);
    assert.equal(await links.find(newer.tokenHash, "reset-password", now), account);
    assert.equal(await links.purge(now + 5000, 100), 1);
  });

  it("leaves one live link when 32 are made at once", async () => {
    const { links } = open.realm.stores;
    const account = givenAccount().id;
    const all = Array.from({ length: 32 }, () => givenLink(account));
    await Promise.all(all.map((link) => links.replace(link)));
    assert.equal(
      await countGranted(32, (index) => links.consume(all[index]?.tokenHash ?? "", "reset-password", now)),
      1,
    );
  });
});

describeOnEveryEngine("audit trail", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("lists newest first by every filter, in its realm", async () => {
    const { audit } = open.realm.stores;
    const account = givenAccount().id;
    const event = (at: number, over: Partial<AuditEvent> = {}): AuditEvent => ({
      at,
      kind: "sign-in-refused",
      accountId: account,
      origin: { mount: "jwt", requestId: `r${at}`, address: "::1", userAgent: "ü 😀" },
      details: { why: "“wrong”", times: 3, isLast: false },
      ...over,
    });
    const events = [event(now), event(now + 1, { kind: "account-purged" }), event(now + 2, { accountId: undefined })];
    for (const one of events) await audit.append(one);
    const list = async (filter: Parameters<typeof audit.list>[0], limit = 10) =>
      (await audit.list(filter, limit)).map(({ id, ...rest }) => {
        assert.match(id, /^[0-9a-f-]{36}$/);
        return rest;
      });
    const [first, second, third] = events;
    assert.deepEqual(await list({}), [third, second, first]);
    assert.deepEqual(await list({}, 1), [third]);
    assert.deepEqual(await list({ accountId: account }), [second, first]);
    assert.deepEqual(await list({ kind: "account-purged" }), [second]);
    assert.deepEqual(await list({ requestId: `r${now}` }), [first]);
    assert.deepEqual(await list({ before: now + 1 }), [first]);
    assert.deepEqual(await open.otherRealm.stores.audit.list({}, 10), []);
  });

  it("drops what a rolled-back transaction appended", async () => {
    const origin = { mount: "jwt", requestId: "rolled back", address: "", userAgent: "" };
    const work = open.realm.transaction(async ({ audit }) => {
      await audit.append({ at: now, kind: "account-registered", accountId: undefined, origin, details: {} });
      throw new Error("no");
    });
    await assert.rejects(work, { message: "no" });
    assert.deepEqual(await open.realm.stores.audit.list({ requestId: "rolled back" }, 10), []);
  });
});

describeOnEveryEngine("failure store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("appends all or nothing, passes over what is there, and keeps every field", async () => {
    const { failures } = open.realm;
    const one = givenFailure("one", {
      accountId: givenAccount().id,
      details: JSON.stringify({ text: "😀".repeat(2000) }),
    });
    await failures.append([one]);
    await failures.append([]);
    await failures.append([givenFailure("one", { told: "other" }), givenFailure("two")]);
    assert.deepEqual(await failures.find("one", now), one);
    assert.deepEqual(await failures.find("two", now), givenFailure("two"));
    await assert.rejects(failures.append([givenFailure("three"), givenFailure("four", { route: "x".repeat(300) })]));
    assert.equal(await failures.find("three", now), undefined);
    const many = Array.from({ length: 500 }, (_, index) => givenFailure(`many ${index}`));
    await assert.rejects(failures.append([...many, givenFailure("four", { route: "x".repeat(300) })]));
    assert.equal(await failures.find("many 0", now), undefined);
    await failures.append(many);
    assert.deepEqual(await failures.find("many 499", now), many[499]);
  });

  it("hides what expired, stays in its realm, and is purged in portions", async () => {
    const { failures } = open.otherRealm;
    assert.equal(await failures.find("one", now), undefined);
    await failures.append(["a", "b", "c"].map((id) => givenFailure(id, { expiresAt: now + 1 })));
    assert.notEqual(await failures.find("a", now), undefined);
    assert.equal(await failures.find("a", now + 1), undefined);
    assert.equal(await failures.find("A", now), undefined);
    assert.equal(await failures.purge(now, 10), 0);
    assert.equal(await failures.purge(now + 1, 2), 2);
    assert.equal(await failures.purge(now + 1, 2), 1);
  });
});
