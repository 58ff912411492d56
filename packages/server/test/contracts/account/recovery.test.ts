import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { givenPassword, givenPerson } from "../../given.js";
import { letterTo, lettersTo } from "../../server/inbox.js";
import { ageKey, restAddress } from "./aging.js";
import { expectSuccess } from "./expect-success.js";
import { encodings } from "./forms.js";
import { recoveryRows } from "./recovery-rows.js";
import { testRows } from "./row.js";
import { carrying, dataIn, type Stage, useStage } from "./stage.js";

const started = { message: "If an account with this email exists, a code has been sent to it." };
const changed = { message: "Your password has been changed." };
const newPassword = `${givenPassword}-anew`;

describeOnEveryStore("recovery", (engine) => {
  const stage = useStage(engine);
  const statusOf = async (key: string, at: Stage = stage) =>
    (await at.ask({ path: "/profile/update/", headers: carrying(key) })).status;
  const reset = (key: string, json: object) =>
    stage.ask({ path: "/reset/", headers: carrying(key), json: { password: newPassword, ...json } });

  for (const path of ["/forgot/", "/forgot"]) {
    for (const [how, encode] of Object.entries(encodings)) {
      test(`POST ${path} takes an address ${how}, and mails a code to whoever has proven it`, async () => {
        const { person } = await stage.enter();
        await restAddress(stage, person.email);
        expectSuccess(await stage.ask({ path, method: "POST", ...encode({ email: person.email }) }), started);
        const letter = await letterTo(stage.server, person.email);
        assert.deepEqual([letter.kind, letter.code?.length], ["recovery-code", 6]);
      });
    }
  }

  test("POST /forgot/ answers the same for an address that nobody has, or that cannot be one, and mails nothing", async () => {
    const { email } = givenPerson();
    for (const unknown of [email, "nobody", "ada\u0000@example.org", "%", (await stage.register()).email]) {
      const before = (await lettersTo(stage.server)).length;
      const answer = await stage.ask({ path: "/forgot/", json: { email: unknown } });
      // Whoever registers got a letter a moment ago.
      if (answer.status !== 429) expectSuccess(answer, started);
      assert.equal((await lettersTo(stage.server)).length, before);
    }
  });

  test("POST /forgot/ mails nothing to an account that may not sign in", async () => {
    for (const command of ["restrict", "close"]) {
      const { person } = await stage.enter();
      await restAddress(stage, person.email);
      await stage.cli("user", command, person.email);
      const before = (await lettersTo(stage.server, person.email)).length;
      expectSuccess(await stage.ask({ path: "/forgot/", json: { email: person.email } }), started);
      assert.equal((await lettersTo(stage.server, person.email)).length, before);
    }
  });

  for (const [path, resetPath] of [
    ["/forgot/verify/", "/reset/"],
    ["/forgot/verify", "/reset"],
  ] as const) {
    for (const [how, encode] of Object.entries(encodings)) {
      test(`POST ${path} gives a key for ${resetPath} ${how}; it works there once, and nowhere else`, async () => {
        const { person, key } = await stage.enter();
        const other = await stage.at({ mount: "hardened" }).signIn(person);
        await restAddress(stage, person.email);
        await stage.ask({ path: "/forgot/", json: { email: person.email } });
        const code = await stage.codeFor(person.email);
        const proven = await stage.ask({
          path,
          method: "POST",
          ...encode({ email: person.email.toUpperCase(), code }),
        });
        const recovery = String(dataIn(proven)["token"]);
        expectSuccess(proven, { message: "The code is right. Set a new password.", data: { token: recovery } });
        assert.equal(await statusOf(recovery), 403);
        const { headers, ...body } = encode({ password: newPassword, old_password: "ignored" });
        const sent = { path: resetPath, method: "POST", headers: { ...carrying(recovery), ...headers }, ...body };
        expectSuccess(await stage.ask(sent), changed);
        assert.deepEqual(
          [await statusOf(key), await statusOf(other, stage.at({ mount: "hardened" })), await statusOf(recovery)],
          [401, 401, 401],
        );
        assert.equal((await letterTo(stage.server, person.email)).kind, "password-changed");
        assert.equal((await stage.ask({ path: "/login/", json: person })).status, 400);
        await stage.signIn({ ...person, password: newPassword });
      });
    }
  }

  test("a recovery key outlives a password that is refused", async () => {
    const { person } = await stage.enter();
    const key = await stage.recover(person.email);
    assert.equal((await reset(key, { password: "1234567" })).status, 400);
    expectSuccess(await reset(key, {}), changed);
  });

  test("POST /reset/ asks for no old password within five minutes of the sign-in, and the key stays", async () => {
    const { person, key } = await stage.enter();
    const other = await stage.signIn(person);
    await ageKey(stage, key, 290_000);
    expectSuccess(await reset(key, {}), changed);
    assert.deepEqual([await statusOf(key), await statusOf(other)], [200, 401]);
    await stage.signIn({ ...person, password: newPassword });
  });

  test("POST /reset/ takes the old password after five minutes", async () => {
    const { person, key } = await stage.enter();
    await ageKey(stage, key, 301_000);
    expectSuccess(await reset(key, { old_password: person.password }), changed);
    assert.equal(await statusOf(key), 200);
  });

  test("POST /reset/ sets the first password of an account that has none, however old its key", async () => {
    const { email, fullname } = givenPerson();
    await stage.ask({ path: "/register/", json: { email, fullname } });
    const key = String(dataIn(await stage.verify(email, await stage.codeFor(email)))["token"]);
    await ageKey(stage, key, 86_400_000);
    expectSuccess(await reset(key, {}), changed);
    await stage.signIn({ email, password: newPassword });
  });

  test("POST /reset/ names the new and the old password", async () => {
    const { key } = await stage.enter();
    await ageKey(stage, key, 301_000);
    const answer = await reset(key, { password: "1234567", old_password: "wrong" });
    assert.deepEqual((answer.json as { errors: unknown }).errors, [
      { field: "password", message: "This password is too short. It must contain at least 8 characters." },
      { field: "password", message: "This password is too common." },
      { field: "password", message: "This password is entirely numeric." },
      { field: "old_password", message: "The old password is incorrect." },
    ]);
  });

  testRows(stage, recoveryRows);
});
