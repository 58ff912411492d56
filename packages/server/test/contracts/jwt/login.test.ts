import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenPassword, givenRegistration } from "../../given.js";
import { nextAddress } from "../../server/request.js";
import { lockOut, loginRows } from "./login-rows.js";
import { expectHeaders } from "../expect-headers.js";
import { testRows } from "./row.js";
import { objectIn } from "../stage.js";
import { bearing, claimsOf, tokensIn, useStage } from "./stage.js";

const ways: readonly (readonly [when: string, registered: string, given: string])[] = [
  ["the e-mail is as it was registered", "hedy@example.org", "hedy@example.org"],
  ["the e-mail is in another case", "Mary@Example.org", "mARY@eXAMPLE.ORG"],
  ["blanks stand around the e-mail", "joan@example.org", " \tjoan@example.org\r\n"],
  ["the domain is given as A-label", "klara@bücher.example", "klara@xn--bcher-kva.example"],
  ["the domain is given in Unicode", "dan@xn--bcher-kva.example", "dan@Bücher.example"],
];

describeOnEveryEngine("POST /login", (engine) => {
  const stage = useStage(engine);

  for (const [when, registered, given] of ways) {
    test(`POST /login answers 200 when ${when}`, async () => {
      const { password } = await stage.register({ email: registered });
      const answer = await stage.ask({ path: "/login", json: { email: given, password } });
      tokensIn(answer);
      expectHeaders(answer);
    });
  }

  test("POST /login takes a password in another normal form of Unicode", async () => {
    const { email } = await stage.register({ password: "Zo\u00eb-Correct-Horse-9" });
    await stage.signIn({ email, password: "Zoe\u0308-Correct-Horse-9" });
  });

  test("POST /login ignores unknown fields and other values of rotate", async () => {
    const registration = await stage.register();
    for (const rotate of ["true", 1, null, {}, "yes"]) {
      const { email, password } = registration;
      const { refresh } = tokensIn(
        await stage.ask({ path: "/login", json: { email, password, rotate, role: "admin" } }),
      );
      const refreshed = await stage.ask({ path: "/refresh", method: "POST", headers: bearing(refresh) });
      assert.deepEqual(Object.keys(objectIn(refreshed)), ["access_token"]);
    }
  });

  test("POST /login gives tokens with the claims of the page, and for the times of the settings", async () => {
    const { access, refresh, registration } = await stage.enter();
    const again = await stage.signIn(registration);
    const own = claimsOf(access);
    assert.deepEqual(Object.keys(own).toSorted(), ["aud", "exp", "iat", "iss", "jti", "sid", "sub", "token_type"]);
    assert.equal(own["token_type"], "access");
    assert.equal(claimsOf(refresh)["token_type"], "refresh");
    assert.equal(Number(own["exp"]) - Number(own["iat"]), 3600);
    assert.equal(Number(claimsOf(refresh)["exp"]) - Number(claimsOf(refresh)["iat"]), 30 * 86_400);
    assert.equal(claimsOf(refresh)["sid"], own["sid"]);
    assert.equal(own["iss"], `http://localhost:${stage.server.port}/auth`);
    assert.equal(claimsOf(again.access)["sub"], own["sub"]);
    assert.notEqual(claimsOf(again.access)["sid"], own["sid"]);
    const ids = [access, refresh, again.access, again.refresh].map((token) => claimsOf(token)["jti"]);
    assert.equal(new Set(ids).size, 4);
  });

  test("POST /login stores the time of the last sign-in, not of one that was refused", async () => {
    const startedAt = Date.now();
    const { registration, access } = await stage.enter();
    const lastOf = async (token: string) =>
      Date.parse(String(objectIn(await stage.ask({ path: "/me", headers: bearing(token) }))["last_login_at"]));
    const first = await lastOf(access);
    assert.ok(first >= startedAt && first <= Date.now());
    await stage.ask({ path: "/login", json: { email: registration.email, password: "wrong" } });
    assert.equal(await lastOf(access), first);
    await stage.signIn(registration);
    assert.ok((await lastOf(access)) > first);
  });

  test("POST /login still lets a known device in when the account is locked, five wrong passwords long", async () => {
    const address = nextAddress();
    const headers = { "user-agent": "owner" };
    const registration = await stage.register();
    const { email, password } = registration;
    await stage.signIn(registration, { address, headers });
    await lockOut(stage, email);
    assert.equal((await stage.ask({ path: "/login", json: { email, password } })).status, 401);
    await stage.signIn(registration, { address, headers });
    assert.equal(
      (await stage.ask({ path: "/login", json: { email, password }, address })).status,
      401,
      "another user agent",
    );
    for (let tries = 0; tries < 5; tries += 1)
      await stage.ask({ path: "/login", json: { email, password: "wrong" }, address, headers });
    const last = await stage.ask({ path: "/login", json: { email, password }, address, headers });
    assert.deepEqual([last.status, last.json], [401, { message: "Invalid credentials" }]);
  });

  test("POST /login counts failures alone, and a success between them forgives none", async () => {
    const registration = await stage.register();
    const { email } = registration;
    const fail = async () => {
      const answer = await stage.ask({ path: "/login", json: { email, password: "wrong" } });
      assert.equal(answer.status, 401);
    };
    for (let tries = 0; tries < 9; tries += 1) await fail();
    for (let times = 0; times < 3; times += 1) await stage.signIn({ email, password: givenPassword });
    await fail();
    const answer = await stage.ask({ path: "/login", json: { email, password: givenPassword } });
    assert.deepEqual([answer.status, answer.json], [401, { message: "Invalid credentials" }]);
  });

  test("POST /login counts tries at one e-mail in every spelling together", async () => {
    const { email, password } = await stage.register({ email: "grete@bücher.example" });
    const spellings = [
      "grete@bücher.example",
      "GRETE@BÜCHER.example",
      " grete@xn--bcher-kva.example ",
      "Grete@Bücher.Example",
    ];
    for (let tries = 0; tries < 10; tries += 1)
      await stage.ask({ path: "/login", json: { email: spellings[tries % spellings.length], password: "wrong" } });
    assert.equal((await stage.ask({ path: "/login", json: { email, password } })).status, 401);
  });

  test("POST /login lets an account in again once it is restored", async () => {
    const { registration, access } = await stage.enter();
    await stage.cli("user", "restrict", registration.email);
    assert.equal((await stage.ask({ path: "/login", json: givenRegistration(registration) })).status, 401);
    assert.equal((await stage.ask({ path: "/me", headers: bearing(access) })).status, 401);
    await stage.cli("user", "restore", registration.email);
    assert.equal((await stage.ask({ path: "/me", headers: bearing(access) })).status, 200);
    await stage.signIn(registration);
  });

  testRows(stage, loginRows);
});
