import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { emptyProfile } from "#core/accounts/profile.js";
import type { AccountId } from "#core/ids.js";
import { realmWideKey } from "#core/identities/identifier.js";
import type { AccountStatus } from "#core/refusal.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { tablesThatHold } from "../engines/read-rows.js";
import {
  countGranted,
  givenAccount,
  givenCode,
  givenEntry,
  givenFailure,
  givenHandoff,
  givenIdentifier,
  givenLink,
  givenMessage,
  givenPending,
  givenSession,
  givenSignIn,
  lookAlikes,
  now,
} from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

describeOnEveryEngine("account store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  const insert = async (name: string, over: Parameters<typeof givenAccount>[0] = {}) => {
    const account = givenAccount(over);
    const identifier = givenIdentifier(account.id, name);
    await open.realm.stores.accounts.insert(account);
    assert.equal(await open.realm.stores.accounts.claim(identifier), true);
    return { account, identifier };
  };

  it("gives back what was inserted, to every field", async () => {
    const account = givenAccount({
      status: "restricted",
      statusReason: "because “ü” 😀",
      lastSignInAt: now + 1,
      passwordChangedAt: now + 2,
      deletedAt: now + 3,
    });
    const { accounts } = open.realm.stores;
    await accounts.insert(account);
    const second = givenIdentifier(account.id, "second", {
      isPrimary: false,
      provenAt: now,
      kind: "email",
      liveKey: "email=x",
    });
    const first = givenIdentifier(account.id, "first", { liveKey: undefined });
    await accounts.claim(second);
    await accounts.claim(first);
    assert.deepEqual(await accounts.find(account.id), { account, identifiers: [first, second] });
  });

  it("finds an account without identifiers", async () => {
    const account = givenAccount();
    await open.realm.stores.accounts.insert(account);
    assert.deepEqual(await open.realm.stores.accounts.find(account.id), { account, identifiers: [] });
  });

  it("shows another realm nothing and takes no key from it", async () => {
    const { account, identifier } = await insert("shared");
    const { accounts } = open.otherRealm.stores;
    const key = realmWideKey("username", "shared");
    assert.equal(await accounts.find(account.id), undefined);
    assert.deepEqual(await accounts.findByLiveKeys([key]), []);
    assert.equal((await accounts.heldLiveKeys([key])).size, 0);
    assert.deepEqual(await accounts.search("shared", 10), []);
    assert.deepEqual(await accounts.findPurgeable(now * 2, 10), []);
    assert.equal(await accounts.recordSignIn(account, now), false);
    assert.equal(
      await accounts.changeStatus(account.id, { from: ["active"], to: "deleted", reason: undefined, at: now }),
      false,
    );
    await accounts.releaseIdentifiers(account.id);
    await accounts.removeIdentifier(identifier);
    assert.equal(await accounts.purge(account.id), false);
    assert.equal(await accounts.claim(givenIdentifier(account.id, "shared", { id: identifier.id })), true);
    assert.deepEqual(await open.realm.stores.accounts.find(account.id), { account, identifiers: [identifier] });
  });

  it("keeps look-alike keys apart, byte by byte", async () => {
    const { accounts } = open.realm.stores;
    const account = givenAccount();
    await accounts.insert(account);
    const keyOf = (text: string) => realmWideKey("username", `like:${text}`);
    for (const text of lookAlikes) {
      assert.equal(await accounts.claim(givenIdentifier(account.id, `like:${text}`)), true, JSON.stringify(text));
    }
    for (const text of lookAlikes) {
      const found = await accounts.findByLiveKeys([keyOf(text)]);
      assert.deepEqual(
        found.map(({ identifier }) => identifier.displayValue),
        [`like:${text}`],
      );
      assert.equal(await accounts.claim(givenIdentifier(account.id, `like:${text}`)), false);
    }
    assert.equal((await accounts.heldLiveKeys(lookAlikes.map(keyOf))).size, lookAlikes.length);
  });

  it("refuses what is longer than its column, and cuts nothing", async () => {
    const { accounts } = open.realm.stores;
    const account = givenAccount();
    await accounts.insert(account);
    const atBorder = "😀".repeat(320);
    assert.equal(await accounts.claim(givenIdentifier(account.id, atBorder)), true);
    await assert.rejects(accounts.claim(givenIdentifier(account.id, `${atBorder}x`)), {
      name: "StatementFault",
      kind: "other",
    });
    await assert.rejects(accounts.insert(givenAccount({ statusReason: "x".repeat(1001) })), { name: "StatementFault" });
    const found = await accounts.find(account.id);
    assert.deepEqual(
      found?.identifiers.map(({ displayValue }) => displayValue),
      [atBorder],
    );
  });

  it("tells no value in the error of a refused statement", async () => {
    const account = givenAccount({ statusReason: "planted".repeat(200) });
    await assert.rejects(open.realm.stores.accounts.insert(account), (error: Error) => {
      assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(error)}`, /planted/);
      return true;
    });
  });

  it("gives a live key to exactly one of 32 at once", async () => {
    const account = givenAccount();
    await open.realm.stores.accounts.insert(account);
    assert.equal(
      await countGranted(32, () => open.realm.stores.accounts.claim(givenIdentifier(account.id, "raced"))),
      1,
    );
  });

  it("lets a refused claim spoil no transaction", async () => {
    const { account } = await insert("held");
    await open.realm.transaction(async ({ accounts }) => {
      assert.equal(await accounts.claim(givenIdentifier(account.id, "held")), false);
      assert.equal(await accounts.claim(givenIdentifier(account.id, "free beside held")), true);
    });
    const key = realmWideKey("username", "free beside held");
    assert.deepEqual([...(await open.realm.stores.accounts.heldLiveKeys([key]))], [key]);
  });

  it("finds sign-in candidates in the order of the keys, with their hash", async () => {
    const one = await insert("order one");
    const two = await insert("order two");
    await open.realm.stores.passwords.set(two.account.id, "hash", now);
    const keys = ["order two", "order none", "order one"].map((name) => realmWideKey("username", name));
    const found = await open.realm.stores.accounts.findByLiveKeys(keys);
    assert.deepEqual(
      found.map(({ account, passwordHash, identifier }) => [account.id, passwordHash, identifier]),
      [
        [two.account.id, "hash", two.identifier],
        [one.account.id, undefined, one.identifier],
      ],
    );
    assert.deepEqual(await open.realm.stores.accounts.findByLiveKeys([]), []);
    assert.equal((await open.realm.stores.accounts.heldLiveKeys([])).size, 0);
  });

  it("finds the live e-mails that nobody has proven", async () => {
    const { accounts } = open.realm.stores;
    const { account } = await insert("unproven owner");
    const email = (liveKey: string | undefined, over = {}) =>
      givenIdentifier(account.id, "a@b.org", { kind: "email", liveKey, ...over });
    const onOne = email("email@one=a@b.org", { mount: "one" });
    const onTwo = email("email@two=a@b.org", { mount: "two", createdAt: now + 1 });
    for (const identifier of [onOne, onTwo, email("email=a@b.org", { provenAt: now }), email(undefined)]) {
      await accounts.claim(identifier);
    }
    assert.deepEqual(await accounts.unprovenEmails("a@b.org"), [onOne, onTwo]);
    assert.deepEqual(await accounts.unprovenEmails("A@b.org"), []);
    assert.deepEqual(await open.otherRealm.stores.accounts.unprovenEmails("a@b.org"), []);
  });

  it("searches by prefix, literally, newest first", async () => {
    const older = await insert("find%me", { createdAt: now + 10 });
    const newer = await insert("find%me_too", { createdAt: now + 20 });
    await insert("findXme", { createdAt: now + 30 });
    const { accounts } = open.realm.stores;
    const idsOf = async (prefix: string, limit: number) =>
      (await accounts.search(prefix, limit)).map(({ account }) => account.id);
    assert.deepEqual(await idsOf("find%", 10), [newer.account.id, older.account.id]);
    assert.deepEqual(await idsOf("find%", 1), [newer.account.id]);
    assert.deepEqual(await idsOf("FIND%", 10), []);
    assert.equal((await idsOf("", 3)).length, 3);
  });

  for (const { when, change, is } of [
    { when: "nothing changed", change: async () => {}, is: true },
    {
      when: "the account is restricted",
      change: (id: AccountId) =>
        open.realm.stores.accounts.changeStatus(id, { from: ["active"], to: "restricted", reason: undefined, at: now }),
      is: false,
    },
    {
      when: "its password was set meanwhile",
      change: (id: AccountId) => open.realm.stores.passwords.set(id, "h", now),
      is: false,
    },
  ]) {
    it(`records a sign-in: ${is} when ${when}`, async () => {
      const { account } = await insert(`sign-in ${when}`);
      await change(account.id);
      assert.equal(await open.realm.stores.accounts.recordSignIn(account, now + 5), is);
      const found = await open.realm.stores.accounts.find(account.id);
      assert.equal(found?.account.lastSignInAt, is ? now + 5 : undefined);
      if (found !== undefined && !is) {
        assert.equal(
          await open.realm.stores.accounts.recordSignIn(found.account, now + 6),
          found.account.status === "active",
        );
      }
    });
  }

  it("changes a status for exactly one of 32 at once", async () => {
    const { account } = await insert("status");
    const { accounts } = open.realm.stores;
    const change = (from: readonly AccountStatus[], to: AccountStatus, at: number) =>
      accounts.changeStatus(account.id, { from, to, reason: "why", at });
    assert.equal(await countGranted(32, (index) => change(["active"], "deleted", now + index)), 1);
    const deleted = await accounts.find(account.id);
    assert.equal(deleted?.account.status, "deleted");
    assert.equal(deleted?.account.statusReason, "why");
    assert.ok(deleted?.account.deletedAt !== undefined && deleted.account.deletedAt >= now);
    assert.equal(await change(["active", "closed"], "denied", now), false);
    assert.equal(await change([], "denied", now), false);
    assert.equal(await change(["closed", "deleted"], "active", now), true);
    assert.equal((await accounts.find(account.id))?.account.deletedAt, undefined);
  });

  it("releases keys, keeps values, and takes a key back only while it is free", async () => {
    const { accounts } = open.realm.stores;
    const { account, identifier } = await insert("comes back");
    await accounts.releaseIdentifiers(account.id);
    assert.deepEqual((await accounts.find(account.id))?.identifiers, [{ ...identifier, liveKey: undefined }]);
    assert.equal(await accounts.reclaim(identifier), true);
    assert.equal(await accounts.reclaim(identifier), true);
    await accounts.releaseIdentifiers(account.id);
    const next = givenIdentifier(givenAccount().id, "comes back");
    assert.equal(await accounts.claim(next), true);
    assert.equal(await accounts.reclaim(identifier), false);
    await open.realm.transaction(async (stores) => {
      assert.equal(await stores.accounts.reclaim(identifier), false);
      await stores.accounts.removeIdentifier(next);
      assert.equal(await stores.accounts.reclaim(identifier), true);
    });
    assert.deepEqual((await accounts.find(account.id))?.identifiers, [identifier]);
  });

  it("gives a released key to exactly one of 32 who reclaim it", async () => {
    const { accounts } = open.realm.stores;
    const released = await Promise.all(
      Array.from({ length: 32 }, async () => {
        const account = givenAccount();
        await accounts.insert(account);
        const identifier = givenIdentifier(account.id, "wanted", { liveKey: undefined });
        await accounts.claim(identifier);
        return { ...identifier, liveKey: realmWideKey("username", "wanted") };
      }),
    );
    const reclaim = async (index: number): Promise<boolean> => {
      const identifier = released[index];
      assert.ok(identifier !== undefined);
      return index % 2 === 0
        ? accounts.reclaim(identifier)
        : open.realm.transaction((stores) => stores.accounts.reclaim(identifier));
    };
    assert.equal(await countGranted(32, reclaim), 1);
  });

  it("blanks an audit trail of any length", async () => {
    const { stores, transaction } = open.realm;
    const { account } = await insert("long trail");
    const origin = { mount: "jwt", requestId: "long", address: "192.0.2.1", userAgent: "browser" };
    const event = { kind: "sign-in-refused", accountId: account.id, origin, details: {} } as const;
    await transaction(async ({ audit }) => {
      for (let count = 0; count < 1201; count += 1) await audit.append({ ...event, at: now + (count >> 9) });
    });
    const deleted = { from: ["active"], to: "deleted", reason: undefined, at: now } as const;
    await stores.accounts.changeStatus(account.id, deleted);
    assert.equal(await stores.accounts.purge(account.id), true);
    const trail = await stores.audit.list({ accountId: account.id }, 2000);
    assert.equal(trail.length, 1201);
    assert.ok(trail.every((kept) => kept.origin.address === "" && kept.origin.userAgent === ""));
  });

  it("purges an account of another realm with its failures, which are recorded in the default one", async () => {
    const { stores } = open.otherRealm;
    const { failures } = open.realm;
    const account = givenAccount({ status: "deleted", deletedAt: now });
    const other = givenAccount();
    await stores.accounts.insert(account);
    await failures.append([
      givenFailure("of the purged", { accountId: account.id }),
      givenFailure("of another", { accountId: other.id }),
    ]);
    assert.equal(await open.realm.stores.accounts.purge(account.id), false);
    assert.notEqual(await failures.find("of the purged", now), undefined);
    assert.equal(await stores.accounts.purge(account.id), true);
    assert.equal(await failures.find("of the purged", now), undefined);
    assert.notEqual(await failures.find("of another", now), undefined);
  });

  it("purges a deleted account with all that is about it, but the audit trail", async () => {
    const { stores, failures } = open.realm;
    const { account, identifier } = await insert("leaves");
    const session = givenSession(account.id);
    const link = givenLink(account.id);
    await stores.sessions.insert(session);
    await stores.passwords.set(account.id, "hash", now);
    await stores.knownDevices.remember(account.id, "device", now);
    await stores.links.replace(link);
    await failures.append([givenFailure("of the leaver", { accountId: account.id })]);
    const origin = { mount: "jwt", requestId: "purge", address: "192.0.2.1", userAgent: "browser" };
    const registered = { at: now, kind: "account-registered", origin, details: { sessionId: session.id } } as const;
    await stores.audit.append({ ...registered, accountId: account.id });
    await stores.audit.append({ ...registered, accountId: undefined });
    const code = givenCode({ accountId: account.id });
    const handoff = givenHandoff({ accountId: account.id });
    const ofGuest = givenPending("leaves@example.com", { guestId: account.id });
    const message = givenMessage({ accountId: account.id });
    await stores.profiles.change(account.id, { fullname: "Leaver" });
    await stores.guests.insert({ accountId: account.id, secretHash: undefined, seenAt: now });
    await stores.codes.replace(code);
    await stores.handoffs.insert(handoff);
    await stores.pendingRegistrations.replace(ofGuest);
    await stores.outbox.append(message);
    const signIn = givenSignIn({ accountId: account.id });
    const acceptance = { code: "terms", version: "1", language: "en", acceptedAt: now, requestId: "request" };
    await stores.pendingSessions.insert(signIn);
    await stores.disclaimers.accept({ accountId: account.id, ...acceptance });
    await stores.entries.insert(givenEntry(account.id));
    await stores.factors.setSecondFactor(account.id, true, now);
    await stores.factors.replaceBackupCodes(account.id, [{ slot: "A", hash: "hash" }], now);
    await stores.factors.setMemorableWords(account.id, ["words"], now);
    await stores.factors.pinPositions(account.id, [1, 2, 3], { at: now, drawnBefore: 0 });
    await stores.factors.setControlQuestion(account.id, { question: "Where?", answerHash: "hash" }, now);
    assert.equal(await stores.accounts.purge(account.id), false);
    await stores.accounts.changeStatus(account.id, {
      from: ["active"],
      to: "deleted",
      reason: undefined,
      at: now - 50,
    });
    assert.deepEqual(await stores.accounts.findPurgeable(now - 51, 10), []);
    assert.deepEqual(await stores.accounts.findPurgeable(now - 50, 10), [account.id]);
    assert.equal(await countGranted(8, () => stores.accounts.purge(account.id)), 1);
    assert.equal(await stores.accounts.find(account.id), undefined);
    assert.deepEqual(await stores.accounts.search(identifier.normalizedValue, 10), []);
    assert.deepEqual(await stores.sessions.listOf(account.id), []);
    assert.equal(await stores.passwords.upgrade(account.id, "hash", "other"), false);
    assert.equal(await stores.knownDevices.isKnown(account.id, "device", 0), false);
    assert.equal(await stores.links.find(link.tokenHash, "reset-password", now), undefined);
    assert.equal(await failures.find("of the leaver", now), undefined);
    assert.deepEqual(await stores.profiles.find(account.id), emptyProfile);
    assert.equal(await stores.guests.find(account.id), undefined);
    assert.equal(await stores.codes.countTry(code.subject, 5, now), "absent");
    assert.equal(await stores.handoffs.find(handoff.id), undefined);
    assert.equal(await stores.pendingRegistrations.find("account", "leaves@example.com", now), undefined);
    assert.deepEqual(await stores.outbox.count(), { waiting: 0, dead: 0 });
    assert.equal(await stores.pendingSessions.find(signIn.tokenHash), undefined);
    const trail = await stores.audit.list({ requestId: "purge" }, 10);
    assert.deepEqual(
      trail
        .map(({ at, kind, accountId, origin, details }) => ({ at, kind, accountId, origin, details }))
        .sort((one) => (one.accountId === undefined ? 1 : -1)),
      [
        { ...registered, accountId: account.id, origin: { ...origin, address: "", userAgent: "" } },
        { ...registered, accountId: undefined },
      ],
    );
    assert.deepEqual(await tablesThatHold(open.url, account.id), ["audit_event"]);
  });
});
