import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { changeAccountStatus, type StatusAct } from "#core/accounts/change-account-status.js";
import { changeProfile } from "#core/accounts/change-profile.js";
import { deleteOwnAccount } from "#core/accounts/delete-own-account.js";
import { type EnterAsGuestCommand, enterAsGuest, enterAsWebGuest } from "#core/guests/enter-as-guest.js";
import { changePassword } from "#core/recovery/change-password.js";
import { startRecovery } from "#core/recovery/start-recovery.js";
import { verifyRecoveryCode } from "#core/recovery/verify-recovery-code.js";
import { resendRegistrationCode } from "#core/registration/resend-code.js";
import { authenticateKey } from "#core/sessions/authenticate-key.js";
import type { Profile } from "#core/policy.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import {
  codeFor,
  complete,
  lettersTo,
  needsOf,
  newAddress,
  otherThan,
  outcome,
  registered,
  start,
} from "../server/account-commands.js";
import { type Node, openNode, testOrigin as origin } from "../server/open-node.js";

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const password = "seven green umbrellas";

// Use cases on real stores, at the borders of their times and counts: the clock is moved, nothing is waited for.
describeOnEveryEngine("the rules of verified accounts", (engine) => {
  let database: FreshDatabase;
  let opened: Node;
  before(async () => {
    database = await engine.freshDatabase();
    opened = await openNode(database.url, "account");
    await opened.database.migrate();
  });
  after(async () => {
    await opened.close();
    await database.drop();
  });
  /** A node whose clock stands so many milliseconds after a fixed instant. */
  const at = (passed: number, over: Partial<Node["policy"]> = {}): Node => ({
    ...opened,
    clock: { now: () => began + passed },
    policy: { ...opened.policy, ...over },
  });
  const began = Date.now();

  const codes: readonly (readonly [passed: number, told: string])[] = [
    [5 * minute - 1, "done"],
    [5 * minute, "code-expired"],
    [30 * minute - 1, "code-expired"],
    [30 * minute, "registration-unknown"],
  ];
  for (const [passed, told] of codes) {
    it(`a code ${passed} ms after the registration: ${told}`, async () => {
      const email = newAddress();
      await start(at(0), email);
      assert.equal(await outcome(complete(at(passed), email, await codeFor(opened, email))), told);
    });
  }

  const tries: readonly (readonly [wrong: number, told: string])[] = [
    [0, "done"],
    [4, "done"],
    [5, "code-wrong"],
    [6, "code-wrong"],
  ];
  for (const [wrong, told] of tries) {
    it(`the right code after ${wrong} wrong ones: ${told}`, async () => {
      const email = newAddress();
      await start(at(0), email);
      const code = await codeFor(opened, email);
      for (let guess = 0; guess < wrong; guess += 1)
        assert.equal(await outcome(complete(at(0), email, otherThan(code))), "code-wrong");
      assert.equal(await outcome(complete(at(0), email, code)), told);
    });
  }

  const identities: readonly (readonly [wrong: number, told: string])[] = [
    [49, "done"],
    [50, "code-wrong"],
  ];
  for (const [wrong, told] of identities) {
    it(`the right code after ${wrong} wrong ones at codes before it: ${told}`, async () => {
      const email = newAddress();
      const often = { codes: { ...opened.policy.codes, sending: { pauseIn: 0, perHour: 100, perDay: 100 } } };
      await start(at(0, often), email);
      for (let guess = 0; guess < wrong; guess += 1) {
        if (guess > 0 && guess % 4 === 0) await resendRegistrationCode(at(guess, often), { email, origin });
        const code = await codeFor(opened, email);
        assert.equal(await outcome(complete(at(guess), email, otherThan(code))), "code-wrong");
      }
      assert.equal(await outcome(complete(at(wrong), email, await codeFor(opened, email))), told);
    });
  }

  it("guesses at no code lock nobody out", async () => {
    const email = newAddress();
    for (let guess = 0; guess < 60; guess += 1)
      assert.equal(await outcome(complete(at(0), email, "000000")), "registration-unknown");
    await registered(at(0), email);
  });

  const repetitions: readonly (readonly [when: string, passed: number, over: object, told: string, letters: number])[] =
    [
      ["the same within a minute", minute - 1, {}, "done", 1],
      ["another password within a minute", minute - 1, { password: `${password}!` }, "sending-limited", 1],
      ["no password within a minute", minute - 1, { password: undefined }, "sending-limited", 1],
      ["another name within a minute", minute - 1, { fullname: "Eve" }, "sending-limited", 1],
      ["the same after a minute", minute, {}, "done", 2],
      ["another name after a minute", minute, { fullname: "Eve" }, "done", 2],
    ];
  for (const [when, passed, over, told, letters] of repetitions) {
    it(`a registration again, ${when}: ${told}, ${letters} letters`, async () => {
      const email = newAddress();
      await start(at(0), email, { password });
      assert.equal(await outcome(start(at(passed), email, { password, ...over })), told);
      assert.equal((await lettersTo(opened, email)).length, letters);
    });
  }

  const idle: readonly (readonly [uses: readonly number[], told: string])[] = [
    [[14 * day - 1], "done"],
    [[14 * day], "session-ended"],
    [[14 * day - 1, 28 * day - 2], "done"],
    [[14 * day - 1, 28 * day - 1], "session-ended"],
    [[10 * day, 20 * day, 30 * day - 1], "done"],
    [[10 * day, 20 * day, 30 * day], "session-ended"],
  ];
  for (const [uses, told] of idle) {
    it(`a key used after ${uses.join(", ")} ms: ${told}`, async () => {
      const { key } = await registered(at(0), newAddress());
      const last = await uses.reduce<Promise<string>>(
        (before, use) => before.then(() => outcome(authenticateKey(at(use), key))),
        Promise.resolve(""),
      );
      assert.equal(last, told);
    });
  }

  for (const [passed, isKept] of [
    [minute - 1, false],
    [minute, true],
  ] as const) {
    it(`a key's use is ${isKept ? "" : "not "}written down ${passed} ms after the last`, async () => {
      const { key } = await registered(at(0), newAddress());
      await authenticateKey(at(passed), key);
      const { session } = await authenticateKey(at(passed), key);
      assert.equal(session.lastUsedAt, began + (isKept ? passed : 0));
    });
  }

  const statuses: readonly (readonly [act: StatusAct, told: string])[] = [
    ["restrict", "account-suspended"],
    ["deny", "account-suspended"],
    ["close", "session-ended"],
    ["delete", "session-ended"],
  ];
  for (const [act, told] of statuses) {
    it(`a key of an account after "${act}": ${told}`, async () => {
      const { key, view } = await registered(at(0), newAddress());
      await changeAccountStatus(at(0), { accountId: view.account.id, act, reason: undefined, origin });
      assert.equal(await outcome(authenticateKey(at(0), key)), told);
    });
  }

  for (const key of ["", "x", "x".repeat(42), "x".repeat(44), `${"x".repeat(42)}=`, `${"x".repeat(42)}\u0000`]) {
    it(`${JSON.stringify(key)} is no key`, async () => {
      assert.equal(await outcome(authenticateKey(at(0), key)), "token-invalid");
    });
  }

  it("a key is one of its mount alone, and so is a recovery key", async () => {
    const email = newAddress();
    const { key } = await registered(at(0), email);
    assert.equal(await outcome(authenticateKey(at(0, { mount: "other" }), key)), "session-ended");
    const recovery = await recoveryKeyOf(email);
    assert.equal(await outcome(authenticateKey(at(minute, { mount: "other" }), recovery)), "session-ended");
    assert.equal(await outcome(authenticateKey(at(minute), recovery)), "key-not-allowed");
  });

  const recoveryKeyOf = async (email: string): Promise<string> => {
    await startRecovery(at(minute), { email, origin });
    return (await verifyRecoveryCode(at(minute), { email, code: await codeFor(opened, email), origin })).key;
  };
  const change = (passed: number, key: string, currentPassword?: string) =>
    outcome(changePassword(needsOf(at(passed)), { key, password: "eight blue lanterns", currentPassword, origin }));

  const changes: readonly (readonly [when: string, passed: number, current: string | undefined, told: string])[] = [
    ["nothing", 5 * minute, undefined, "done"],
    ["nothing", 5 * minute + 1, undefined, "current-password-wrong"],
    ["the current one", 5 * minute + 1, password, "done"],
    ["a wrong one", 5 * minute + 1, "wrong", "current-password-wrong"],
    ["a wrong one", 0, "wrong", "current-password-wrong"],
  ];
  for (const [when, passed, current, told] of changes) {
    it(`a password is changed with ${when}, ${passed} ms after the sign-in: ${told}`, async () => {
      const { key } = await registered(at(0), newAddress(), password);
      assert.equal(await change(passed, key, current), told);
    });
  }

  it("wrong current passwords use up the budget of sign-in", async () => {
    const { key } = await registered(at(0), newAddress(), password);
    for (let wrong = 0; wrong < 10; wrong += 1)
      assert.equal(await change(10 * minute, key, "wrong"), "current-password-wrong");
    assert.equal(await change(10 * minute, key, password), "current-password-wrong");
  });

  it("an account without a password sets one by any key of it", async () => {
    const { key } = await registered(at(0), newAddress());
    assert.equal(await change(day, key), "done");
  });

  it("every other key, code and link dies with a changed password", async () => {
    const email = newAddress();
    const { key } = await registered(at(0), email, password);
    const recovery = await recoveryKeyOf(email);
    await startRecovery(at(2 * minute), { email, origin });
    const code = await codeFor(opened, email);
    assert.equal(await change(3 * minute, key), "done");
    assert.equal(await outcome(authenticateKey(at(3 * minute), key)), "done");
    assert.equal(await change(3 * minute, recovery), "session-ended");
    assert.equal(await outcome(verifyRecoveryCode(at(3 * minute), { email, code, origin })), "code-unknown");
    assert.deepEqual((await lettersTo(opened, email)).map(({ kind }) => kind)[0], "password-changed");
  });

  for (const [passed, told] of [
    [11 * minute - 1, "done"],
    [11 * minute, "session-ended"],
  ] as const) {
    it(`a recovery key of one minute, after ${passed} ms: ${told}`, async () => {
      const email = newAddress();
      await registered(at(0), email, password);
      assert.equal(await change(passed, await recoveryKeyOf(email)), told);
    });
  }

  it("recovery mails nobody but the active account that has proven the address", async () => {
    const [restricted, unknown] = [newAddress(), newAddress()];
    const { view } = await registered(at(0), restricted);
    await changeAccountStatus(at(0), { accountId: view.account.id, act: "restrict", reason: undefined, origin });
    for (const email of [restricted, unknown, "no address", "\u0000@example.org"]) {
      assert.equal(await outcome(startRecovery(at(minute), { email, origin })), "done");
      assert.equal(await outcome(startRecovery(at(minute), { email, origin })), "sending-limited");
      const codes = (await lettersTo(opened, email)).filter(({ kind }) => kind === "recovery-code");
      assert.deepEqual(codes, []);
      assert.equal(await outcome(verifyRecoveryCode(at(minute), { email, code: "000000", origin })), "code-wrong");
    }
  });

  it("a hardened registration of a taken address is kept as what nothing completes, and its owner is told", async () => {
    const email = newAddress();
    await registered(at(0), email);
    const hardened = { profile: "hardened" } as const;
    await start(at(minute, hardened), email.toUpperCase(), { password });
    assert.deepEqual(
      (await lettersTo(opened, email)).map(({ kind }) => kind),
      ["already-registered", "registration-code"],
    );
    await resendRegistrationCode(at(2 * minute, hardened), { email, origin });
    assert.equal((await lettersTo(opened, email)).length, 2);
    for (const code of ["000000", "123456"])
      assert.equal(await outcome(complete(at(2 * minute, hardened), email, code)), "code-wrong");
    assert.equal(await outcome(start(at(5 * minute), email)), "identifier-taken");
  });

  const guests: readonly (readonly [profile: Profile, secret: "none" | "its own" | "another", isSame: boolean])[] = [
    ["contract", "none", true],
    ["contract", "its own", true],
    ["contract", "another", true],
    ["hardened", "none", false],
    ["hardened", "its own", true],
    ["hardened", "another", false],
  ];
  for (const [profile, secret, isSame] of guests) {
    for (const madeUnder of ["contract", "hardened"] as const) {
      // Under `contract` a device is found by its id: what was made under `hardened` needs its secret there as well.
      const comesBack = madeUnder === "contract" ? isSame : secret === "its own";
      it(`a guest made under ${madeUnder} comes with ${secret} as secret under ${profile}: ${comesBack ? "the same" : "a new one"}`, async () => {
        const visit: EnterAsGuestCommand = { deviceId: newAddress(), language: "en", origin };
        const made = await enterAsGuest(at(0, { profile: madeUnder }), visit);
        assert.ok(made.isNew && made.guestSecret !== undefined);
        const secrets = { none: undefined, "its own": made.guestSecret, another: "x".repeat(43) };
        const come = await enterAsGuest(at(1, { profile }), { ...visit, guestSecret: secrets[secret] });
        assert.equal(come.view.account.id === made.view.account.id, comesBack);
        assert.equal(come.isNew, !comesBack);
        assert.equal(come.guestSecret === undefined, comesBack);
      });
    }
  }

  it("a web guest comes back by a cookie of this server alone, and no device id is one", async () => {
    const visit = { language: "en", origin };
    const made = await enterAsWebGuest(at(0), visit);
    const back = await enterAsWebGuest(at(1), { ...visit, cookie: made.cookie });
    assert.deepEqual([back.view.account.id, back.isNew, back.cookie], [made.view.account.id, false, made.cookie]);
    const chosen = await enterAsWebGuest(at(1), { ...visit, cookie: "chosen by the browser" });
    assert.ok(chosen.isNew && chosen.cookie !== "chosen by the browser");
    assert.ok((await enterAsGuest(at(1), { ...visit, deviceId: made.cookie })).isNew);
  });

  it("a web guest is refused when the random source fails, and nothing else is", async () => {
    const broken = () => {
      throw new Error("no entropy");
    };
    const node = { ...at(0), random: { ...opened.random, token: broken } };
    assert.equal(await outcome(enterAsWebGuest(node, { language: "en", origin })), "identifier-not-made");
    await assert.rejects(enterAsGuest(node, { deviceId: "x", language: "en", origin }), /no entropy/);
  });

  it("a guest is no account: no phone, no password; and an upgrade frees its device", async () => {
    const visit = { deviceId: newAddress(), language: "en", origin };
    const guest = await enterAsGuest(at(0), visit);
    assert.equal(await change(0, guest.key), "key-not-allowed");
    const changed = await changeProfile(at(0), {
      accountId: guest.view.account.id,
      change: { fullname: "Ada", phone: "+4930123456", language: "fa" },
      origin,
    });
    assert.deepEqual(
      [changed.profile.fullname, changed.profile.phone, changed.account.language],
      ["Ada", undefined, "fa"],
    );
    const email = newAddress();
    await start(at(0), email, { guestKey: guest.key, password });
    const { view } = await complete(at(0), email, await codeFor(opened, email));
    assert.equal(view.account.id, guest.view.account.id);
    assert.equal(await outcome(authenticateKey(at(0), guest.key)), "session-ended");
    const next = await enterAsGuest(at(1), visit);
    assert.ok(next.isNew && next.view.account.id !== view.account.id);
  });

  it("a bad key of a guest is told, a key of an account means nothing", async () => {
    assert.equal(await outcome(start(at(0), newAddress(), { guestKey: "x".repeat(43) })), "session-ended");
    const { key, view } = await registered(at(0), newAddress());
    const email = newAddress();
    await start(at(0), email, { guestKey: key });
    const made = await complete(at(0), email, await codeFor(opened, email));
    assert.notEqual(made.view.account.id, view.account.id);
  });

  it("a protected account stays, however its address is written", async () => {
    const email = newAddress();
    const { key, view } = await registered(at(0), email.toUpperCase());
    const guarded = at(0, { protectedEmails: [email] });
    assert.equal(await outcome(deleteOwnAccount(guarded, { ...view, origin })), "account-protected");
    assert.equal(await outcome(authenticateKey(at(0), key)), "done");
    const [refused] = await opened.stores.audit.list({ kind: "deletion-refused" }, 1);
    assert.equal(refused?.accountId, view.account.id);
  });

  it("a deleted account frees its address at once, and nothing of it works", async () => {
    const email = newAddress();
    const { key, view } = await registered(at(0), email, password);
    const recovery = await recoveryKeyOf(email);
    await deleteOwnAccount(at(minute), { ...view, origin });
    for (const dead of [key, recovery]) assert.equal(await outcome(authenticateKey(at(minute), dead)), "session-ended");
    const again = await registered(at(3 * minute), email);
    assert.notEqual(again.view.account.id, view.account.id);
    assert.deepEqual(again.view.profile, { ...view.profile, fullname: "Ada Lovelace" });
  });
});
