import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { deleteOwnAccount } from "#core/accounts/delete-own-account.js";
import { enterAsGuest } from "#core/guests/enter-as-guest.js";
import { purgeIdleGuests } from "#core/guests/purge-idle-guests.js";
import { realmWideKey } from "#core/identities/identifier.js";
import { changePassword } from "#core/recovery/change-password.js";
import { startRecovery } from "#core/recovery/start-recovery.js";
import { verifyRecoveryCode } from "#core/recovery/verify-recovery-code.js";
import { resendRegistrationCode } from "#core/registration/resend-code.js";
import { authenticateKey } from "#core/sessions/authenticate-key.js";
import { signOutKey } from "#core/sessions/sign-out-key.js";
import { signInForKey } from "#core/sign-in/sign-in-for-key.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { rounds } from "../engines/rounds.js";
import { type Node, openNode, testOrigin } from "../server/open-node.js";
import { countEach } from "../server/tally.js";
import {
  codeFor,
  complete,
  lettersTo,
  needsOf,
  newAddress,
  otherThan,
  outcome,
  plainPasswords,
  registered,
  start,
} from "../server/account-commands.js";

// As `below-the-hash.test.ts`: several nodes in one process, without HTTP and hashing.
describeOnEveryEngine("verified accounts, at once,", (engine) => {
  let database: FreshDatabase;
  let nodes: readonly Node[];
  before(async () => {
    database = await engine.freshDatabase();
    const many = engine.name === "sqlite" ? 1 : 3;
    nodes = await Promise.all(Array.from({ length: many }, () => openNode(database.url, "account")));
    await nodes[0]?.database.migrate();
  });
  after(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await database.drop();
  });
  const nodeAt = (at: number): Node => {
    const node = nodes[at % nodes.length];
    assert.ok(node);
    return node;
  };
  /** What became of many at once, each on another node. */
  const together = async (many: number, act: (node: Node, at: number) => Promise<unknown>) =>
    countEach(await Promise.all(Array.from({ length: many }, (_, at) => outcome(act(nodeAt(at), at)))));
  const holdersOf = (email: string) => nodeAt(0).stores.accounts.search(email, 10);
  const liveSessionsOf = async (email: string) => {
    const [holder] = await nodeAt(0).stores.accounts.findByLiveKeys([realmWideKey("email", email)]);
    assert.ok(holder);
    const sessions = await nodeAt(0).stores.sessions.listOf(holder.account.id);
    return sessions.filter(({ endedAt }) => endedAt === undefined);
  };

  it("of 32 right codes one makes the account", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      await start(nodeAt(round), email);
      const code = await codeFor(nodeAt(round), email);
      const { done, ...refused } = await together(32, (node) => complete(node, email, code));
      assert.equal(done, 1, JSON.stringify(refused));
      assert.deepEqual(Object.keys(refused).toSorted(), Object.keys(refused).filter(isGuessRefusal).toSorted());
      assert.equal((await holdersOf(email)).length, 1);
      assert.equal((await liveSessionsOf(email)).length, 1);
      assert.deepEqual(await together(1, (node) => complete(node, email, code)), { "registration-unknown": 1 });
    }
  });

  it("of 32 wrong codes 5 are evaluated, and the right one is dead", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      await start(nodeAt(round), email);
      const code = await codeFor(nodeAt(round), email);
      assert.deepEqual(await together(32, (node) => complete(node, email, otherThan(code))), { "code-wrong": 32 });
      const refusals = await nodeAt(0).stores.audit.list({ kind: "code-refused" }, 32);
      assert.equal(refusals.filter(({ details }) => details["wasEvaluated"] === true).length, 5);
      assert.deepEqual(await together(1, (node) => complete(node, email, code)), { "code-wrong": 1 });
      assert.equal((await holdersOf(email)).length, 0);
    }
  });

  it("one address registered 8 times with one body is written to once, and each is answered alike", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      assert.deepEqual(await together(8, (node) => start(node, email, { password: "one of us" })), { done: 8 });
      assert.equal((await lettersTo(nodeAt(0), email)).length, 1);
    }
  });

  it("one address registered 8 times with 8 bodies is kept once", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      const told = await together(8, (node, at) => start(node, email, { password: `number ${String(at)}` }));
      assert.deepEqual(told, { done: 1, "sending-limited": 7 });
      assert.equal((await lettersTo(nodeAt(0), email)).length, 1);
    }
  });

  it("an address is written to once, by registration or by recovery", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      const told = await together(8, (node, at) =>
        at % 2 === 0
          ? start(node, email, { password: `number ${String(at)}` })
          : startRecovery(node, { email, origin: testOrigin }),
      );
      assert.deepEqual(told, { done: 1, "sending-limited": 7 });
    }
  });

  it("of 8 resent codes one is mailed, and the code before it is dead", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      await start(nodeAt(round), email);
      const before = await codeFor(nodeAt(round), email);
      const minuteLater = (node: Node): Node => ({ ...node, clock: { now: () => node.clock.now() + 60_000 } });
      const resend = (node: Node) => resendRegistrationCode(minuteLater(node), { email, origin: testOrigin });
      assert.deepEqual(await together(8, resend), { done: 1, "sending-limited": 7 });
      assert.equal((await lettersTo(nodeAt(0), email)).length, 2);
      assert.deepEqual(await together(1, (node) => complete(node, email, before)), { "code-wrong": 1 });
      const after = await codeFor(nodeAt(round), email);
      assert.deepEqual(await together(1, (node) => complete(node, email, after)), { done: 1 });
    }
  });

  it("one address proven on two mounts has one owner", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      const [one, other] = [nodeAt(round), onMount(nodeAt(round + 1), "other")];
      await start(one, email);
      const code = await codeFor(one, email);
      // The sending budget would refuse the second mount: it is counted by address, not by mount.
      const second = { ...other, policy: { ...other.policy, codes: generous(other.policy.codes) } };
      await start(second, email);
      const otherCode = await codeFor(second, email);
      const told = countEach(
        await Promise.all([outcome(complete(one, email, code)), outcome(complete(second, email, otherCode))]),
      );
      assert.deepEqual(told, { done: 1, "registration-unknown": 1 });
      assert.equal((await holdersOf(email)).length, 1);
    }
  });

  it("a guest upgraded to two addresses becomes one account, and keeps its id", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const emails = [newAddress(), newAddress()];
      const deviceId = newAddress();
      const guest = await enterAsGuest(nodeAt(round), { deviceId, language: "en", origin: testOrigin });
      for (const email of emails) await start(nodeAt(round), email, { guestKey: guest.key });
      const codes = await Promise.all(emails.map((email) => codeFor(nodeAt(round), email)));
      const told = await together(8, (node, at) => complete(node, emails[at % 2] ?? "", codes[at % 2] ?? ""));
      assert.equal(told["done"], 1, JSON.stringify(told));
      const found = await nodeAt(round).stores.accounts.find(guest.view.account.id);
      assert.deepEqual(
        found?.identifiers.map(({ kind, provenAt }) => [kind, provenAt !== undefined]),
        [["email", true]],
      );
      const holders = await Promise.all(emails.map(holdersOf));
      assert.deepEqual(
        holders.flat().map(({ account }) => account.id),
        [guest.view.account.id],
      );
      assert.equal(await outcome(authenticateKey(nodeAt(round), guest.key)), "session-ended");
    }
  });

  it("a guest who comes while it is upgraded has no key of the account", async () => {
    for (let round = 0; round < rounds() * 4; round += 1) {
      const email = newAddress();
      const visit = { deviceId: newAddress(), language: "en", origin: testOrigin };
      const guest = await enterAsGuest(nodeAt(round), visit);
      await start(nodeAt(round), email, { guestKey: guest.key });
      const code = await codeFor(nodeAt(round), email);
      const [made, ...visits] = await Promise.all([
        complete(nodeAt(round), email, code),
        ...Array.from({ length: 4 }, (_, at) => enterAsGuest(nodeAt(at), visit)),
      ]);
      assert.equal(made.view.account.id, guest.view.account.id);
      assert.equal((await liveSessionsOf(email)).length, 1);
      for (const { key, view } of visits) {
        const told = await outcome(authenticateKey(nodeAt(round), key));
        assert.equal(told, view.account.id === guest.view.account.id ? "session-ended" : "done");
      }
    }
  });

  it("one device entered 8 times has one guest", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const visit = { deviceId: newAddress(), language: "en", origin: testOrigin };
      const entered = await Promise.all(Array.from({ length: 8 }, (_, at) => enterAsGuest(nodeAt(at), visit)));
      assert.deepEqual(countEach(entered.map(({ isNew }) => String(isNew))), { true: 1, false: 7 });
      assert.equal(new Set(entered.map(({ view }) => view.account.id)).size, 1);
      assert.equal(entered.filter(({ guestSecret }) => guestSecret !== undefined).length, 1);
    }
  });

  it("an idle guest who comes while it is purged is there as a whole, or new", async () => {
    for (let round = 0; round < rounds() * 4; round += 1) {
      const visit = { deviceId: newAddress(), language: "en", origin: testOrigin };
      const guest = await enterAsGuest(nodeAt(round), visit);
      await nodeAt(round).stores.sessions.endAll(guest.view.account.id, 1, "signed-out");
      const later = { ...nodeAt(round), clock: { now: () => nodeAt(round).clock.now() + 1000 } };
      const [come] = await Promise.all([
        enterAsGuest({ ...nodeAt(round + 1), clock: { now: () => later.clock.now() + 1000 } }, visit),
        purgeIdleGuests(later, { idleIn: 500, limit: 1000, origin: testOrigin }),
      ]);
      const { account } = await authenticateKey(nodeAt(round), come.key);
      assert.ok(await nodeAt(round).stores.guests.find(account.id));
      assert.equal(come.isNew, account.id !== guest.view.account.id);
    }
  });

  it("of 32 right recovery codes one gives a key", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { email, code } = await recovering(nodeAt(round));
      const told = await together(32, (node) => verifyRecoveryCode(node, { email, code, origin: testOrigin }));
      assert.equal(told["done"], 1, JSON.stringify(told));
    }
  });

  it("of 8 changes by one recovery key one is made", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { email, code } = await recovering(nodeAt(round));
      const { key } = await verifyRecoveryCode(nodeAt(round), { email, code, origin: testOrigin });
      const password = (at: number) => `the new one, ${String(at)}`;
      const told = await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          outcome(changePassword(needsOf(nodeAt(at)), { key, password: password(at), origin: testOrigin })),
        ),
      );
      assert.deepEqual(countEach(told), { done: 1, "session-ended": 7 });
      const [holder] = await nodeAt(0).stores.accounts.findByLiveKeys([realmWideKey("email", email)]);
      assert.equal(holder?.passwordHash, await plainPasswords.hash(password(told.indexOf("done"))));
      assert.equal((await liveSessionsOf(email)).length, 0);
      const notices = (await lettersTo(nodeAt(0), email)).filter(({ kind }) => kind === "password-changed");
      assert.equal(notices.length, 1);
    }
  });

  it("of 8 changes by 8 keys the last one standing is made, and only its key lives", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      const password = "the old one";
      await registered(nodeAt(round), email, password);
      const keys: string[] = [];
      for (let at = 0; at < 8; at += 1)
        keys.push((await signInForKey(needsOf(nodeAt(at)), { email, password, origin: testOrigin })).key);
      const told = await Promise.all(
        keys.map((key, at) =>
          outcome(changePassword(needsOf(nodeAt(at)), { key, password: `number ${String(at)}`, origin: testOrigin })),
        ),
      );
      assert.deepEqual(countEach(told), { done: 1, "session-ended": 7 });
      assert.equal((await liveSessionsOf(email)).length, 1);
      assert.equal(await outcome(authenticateKey(nodeAt(round), keys[told.indexOf("done")] ?? "")), "done");
    }
  });

  it("keys opened while the password is recovered do not outlive it", async () => {
    for (let round = 0; round < rounds() * 4; round += 1) {
      const { email, code } = await recovering(nodeAt(round));
      const { key } = await verifyRecoveryCode(nodeAt(round), { email, code, origin: testOrigin });
      const signIn = (at: number) =>
        outcome(signInForKey(needsOf(nodeAt(at)), { email, password: "the old one", origin: testOrigin }));
      await Promise.all([
        signIn(0),
        signIn(1),
        changePassword(needsOf(nodeAt(2)), { key, password: "the new one", origin: testOrigin }),
        signIn(3),
        signIn(4),
      ]);
      assert.equal((await liveSessionsOf(email)).length, 0);
    }
  });

  it("of 32 deletions one is made", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const email = newAddress();
      const { key, view } = await registered(nodeAt(round), email);
      const told = await together(32, (node) => deleteOwnAccount(node, { ...view, origin: testOrigin }));
      assert.deepEqual(told, { done: 1, "account-gone": 31 });
      assert.equal(await outcome(authenticateKey(nodeAt(round), key)), "session-ended");
      assert.notEqual((await registered(afterPause(nodeAt(round)), email)).view.account.id, view.account.id);
    }
  });

  it("of 8 sign-outs of one key one is made", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { key } = await registered(nodeAt(round), newAddress());
      const told = await together(8, (node) => signOutKey(node, { key, origin: testOrigin }));
      assert.deepEqual(told, { done: 1, "session-ended": 7 });
    }
  });

  /** An account with a password, and the code that recovers it. */
  const recovering = async (node: Node) => {
    const email = newAddress();
    await registered(node, email, "the old one");
    await startRecovery(afterPause(node), { email, origin: testOrigin });
    return { email, code: await codeFor(node, email) };
  };
});

/** A node whose mount writes to an address as often as it likes. */
const afterPause = (node: Node): Node => ({
  ...node,
  policy: { ...node.policy, codes: generous(node.policy.codes) },
});
const generous = (codes: Node["policy"]["codes"]) => ({
  ...codes,
  sending: { pauseIn: 0, perHour: 1000, perDay: 1000 },
});

const onMount = (node: Node, mount: string): Node => ({
  ...node,
  policy: { ...node.policy, mount, mounts: [...node.policy.mounts, mount] },
});

const isGuessRefusal = (code: string): boolean => code === "code-wrong" || code === "registration-unknown";
