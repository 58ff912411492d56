import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { givenPassword } from "../../given.js";
import { poll } from "../../server/poll.js";
import { nextAddress } from "../../server/request.js";
import { bystander } from "./drafts.js";
import { entered, expectSuccess } from "./expect-success.js";
import { encodings } from "./forms.js";
import { lockOut, loginRows } from "./login-rows.js";
import { testRows } from "./row.js";
import { carrying, useStage } from "./stage.js";

describeOnEveryStore("sign-in and sign-out", (engine) => {
  const stage = useStage(engine);
  const statusOf = async (key: string) =>
    (await stage.ask({ path: "/profile/update/", headers: carrying(key) })).status;

  for (const path of ["/login/", "/login"]) {
    for (const [how, encode] of Object.entries(encodings)) {
      test(`POST ${path} takes e-mail and password ${how}`, async () => {
        const { person, user: before } = await bystander(stage);
        const { email, password } = person;
        const answer = await stage.ask({ path, method: "POST", ...encode({ email, password }) });
        const { key, user } = entered(answer);
        expectSuccess(answer, { message: "Logged in.", data: { token: key, user } });
        const lastLoginAt = String(user["last_login_at"]);
        assert.deepEqual(user, { ...before, last_login_at: lastLoginAt });
        assert.ok(Date.parse(lastLoginAt) >= Date.parse(String(before["last_login_at"])));
        assert.equal(await statusOf(key), 200);
      });
    }
  }

  test("POST /login/ finds the address in every spelling", async () => {
    const { person } = await stage.enter({ email: "Grete@Bücher.example" });
    for (const email of ["GRETE@BÜCHER.EXAMPLE", " grete@xn--bcher-kva.example\r\n", "grete@bücher.example"])
      await stage.signIn({ ...person, email });
  });

  test("POST /login/ takes a password however its letters are composed", async () => {
    const { person } = await stage.enter({ password: "Éclair-Äther-9-ohm" });
    await stage.signIn({ ...person, password: person.password.normalize("NFD") });
  });

  test("POST /login/ gives another key each time, and all of them work", async () => {
    const { person, key } = await stage.enter();
    const keys = [key, await stage.signIn(person), await stage.signIn(person)];
    assert.equal(new Set(keys).size, 3);
    assert.deepEqual(await Promise.all(keys.map(statusOf)), [200, 200, 200]);
  });

  test("POST /login/ ignores the Token that comes with it", async () => {
    const { person } = await bystander(stage);
    const answer = await stage.ask({ path: "/login/", json: person, headers: carrying("x") });
    assert.equal(answer.status, 200, answer.text);
  });

  test("POST /login/ lets a device in that signed in lately, while strangers lock the account", async () => {
    const { person } = await stage.enter();
    const address = nextAddress();
    const here = { path: "/login/", json: person, address, headers: { "user-agent": "owner" } };
    assert.equal((await stage.ask(here)).status, 200);
    await lockOut(stage, person.email);
    assert.equal((await stage.ask({ path: "/login/", json: person })).status, 400);
    assert.equal((await stage.ask(here)).status, 200);
  });

  test("POST /login/ names both fields", async () => {
    const answer = await stage.ask({ path: "/login/", json: { email: "", password: { $ne: "" } } });
    assert.deepEqual((answer.json as { errors: unknown }).errors, [
      { field: "email", message: "This field may not be blank." },
      { field: "password", message: "Not a valid string." },
    ]);
  });

  test("an account proven on one mount signs in on the others, each with keys of its own", async () => {
    const { person, key } = await stage.enter();
    const hardened = stage.at({ mount: "hardened" });
    const other = await hardened.signIn(person);
    assert.equal(await statusOf(other), 401);
    const crossed = await hardened.ask({ path: "/profile/update/", headers: carrying(key) });
    assert.equal(crossed.status, 401);
  });

  for (const path of ["/logout/", "/logout"]) {
    test(`POST ${path} revokes the key it came with, and no other`, async () => {
      const { person, key } = await stage.enter();
      const other = await stage.signIn(person);
      const answer = await stage.ask({ path, method: "POST", headers: carrying(key) });
      expectSuccess(answer, { message: "Logged out." });
      assert.deepEqual([await statusOf(key), await statusOf(other)], [401, 200]);
    });
  }

  test("POST /logout/ takes the scheme in any case, and blanks behind the key", async () => {
    const { key } = await stage.enter();
    const answer = await stage.ask({ path: "/logout/", method: "POST", headers: { authorization: `tOKEN  ${key}  ` } });
    expectSuccess(answer, { message: "Logged out." });
  });

  test("an operator finds by its request id why a sign-in was refused", async () => {
    const { person } = await bystander(stage);
    const answer = await stage.ask({ path: "/login/", json: { email: person.email, password: "wrong" } });
    const found = await poll("the failure is recorded", 10_000, async () => {
      const { stdout } = await stage.cli("error", String(answer.headers["x-request-id"]), "--json");
      const { record } = JSON.parse(stdout) as { readonly record: Readonly<Record<string, unknown>> | null };
      return record ?? undefined;
    });
    assert.deepEqual(
      [found["reason"], found["told"], found["status"], found["mount"]],
      ["factor-wrong", "password: password is incorrect", 400, "account"],
    );
  });

  test("no answer and no log line holds a password or a key", async () => {
    const { key } = await stage.enter();
    await stage.ask({ path: "/logout/", method: "POST", headers: carrying(key) });
    assert.ok(!stage.server.output().includes(key));
    assert.ok(!stage.server.output().includes(givenPassword));
  });

  testRows(stage, loginRows);
});
