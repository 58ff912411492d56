import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { givenPassword, givenPerson, givenRegistration } from "../../given.js";
import { lettersTo } from "../../server/inbox.js";
import { restAddress } from "./aging.js";
import { codeSent, entered, expectSuccess, expectUser } from "./expect-success.js";
import { encodings } from "./forms.js";
import { registerRows } from "./register-rows.js";
import { testRows } from "./row.js";
import { carrying, stageMounts, useStage } from "./stage.js";

const paths = ["/register/", "/register", "/web/register/", "/web/register"];

describeOnEveryStore("registration", (engine) => {
  const stage = useStage(engine, { config: { mounts: [...stageMounts(), { contract: "jwt", prefix: "/auth" }] } });
  const verified = async (email: string) => entered(await stage.verify(email, await stage.codeFor(email)));

  for (const path of paths) {
    for (const [how, encode] of Object.entries(encodings)) {
      test(`POST ${path} takes a registration ${how}, and mails its code`, async () => {
        const { email, ...person } = givenPerson({ fullname: "مهدی‌زاده", language: "fa" });
        const answer = await stage.ask({
          path,
          method: "POST",
          ...encode({ email: ` ${email.toUpperCase()} `, ...person }),
        });
        expectSuccess(answer, codeSent(email));
        const [letter] = await lettersTo(stage.server, email);
        assert.equal(letter?.kind, "registration-code");
        assert.equal(letter?.language, "fa");
        const { user } = await verified(email);
        expectUser(user, { email, fullname: "مهدی‌زاده", language: "fa" });
      });
    }
  }

  test("POST /register/ returns the address as it is kept, and trims what is text", async () => {
    const answer = await stage.ask({
      path: "/register/",
      json: { email: " Grete.L+x@Bücher.Example\t", fullname: "\u3000 Grete  Lind \n", language: "FA_ir", extra: [1] },
    });
    const email = "grete.l+x@xn--bcher-kva.example";
    expectSuccess(answer, codeSent(email));
    // Mailed to the address as its owner wrote it.
    const { user } = entered(await stage.verify(email, await stage.codeFor("Grete.L+x@Bücher.Example")));
    expectUser(user, { email, fullname: "Grete  Lind", language: "fa-ir" });
  });

  test("POST /register/ takes a number for a text, and an unknown language for English", async () => {
    const { email } = givenPerson();
    const answer = await stage.ask({ path: "/register/", json: { email, fullname: 12_345, language: "../../etc" } });
    expectSuccess(answer, codeSent(email));
    expectUser((await verified(email)).user, { email, fullname: "12345" });
  });

  test("POST /register/ takes names of 150 characters, also of two units each", async () => {
    for (const fullname of ["ن".repeat(150), "\u{1f600}".repeat(150)]) {
      const { email } = givenPerson();
      await stage.ask({ path: "/register/", json: { email, fullname } });
      expectUser((await verified(email)).user, { email, fullname });
    }
  });

  test("POST /web/register/ keeps the password as it was sent: blanks, any script, 1,000 characters", async () => {
    for (const password of [
      "  blanks around it ",
      "گذرواژهٔ بلند و عجیب",
      `${givenPassword}${"\u{1f600}".repeat(970)}`,
    ]) {
      const { person } = await stage.enter({ password });
      await stage.signIn(person);
      const trimmed = await stage.ask({ path: "/login/", json: { ...person, password: `${password} ` } });
      assert.equal(trimmed.status, 400);
    }
  });

  test("POST /web/register/ makes nothing of an account: no sign-in, no hold on the address", async () => {
    const { email, password } = await stage.register();
    const answer = await stage.ask({ path: "/login/", json: { email, password } });
    assert.equal(answer.status, 400);
    assert.deepEqual(await stage.sql(`select account_id from identifier where normalized_value = '${email}'`), []);
  });

  for (const path of ["/register/", "/web/register/"]) {
    test(`POST ${path} sent again within a minute is answered the same, and mails nothing`, async () => {
      const person = givenPerson();
      for (let sent = 0; sent < 3; sent += 1)
        expectSuccess(await stage.ask({ path, json: person }), codeSent(person.email));
      assert.equal((await lettersTo(stage.server, person.email)).length, 1);
      await verified(person.email);
    });

    test(`POST ${path} sent again after a minute replaces data and code`, async () => {
      const person = givenPerson();
      await stage.ask({ path, json: person });
      await restAddress(stage, person.email);
      expectSuccess(await stage.ask({ path, json: { ...person, fullname: "Another Name" } }), codeSent(person.email));
      assert.equal((await lettersTo(stage.server, person.email)).length, 2);
      expectUser((await verified(person.email)).user, { email: person.email, fullname: "Another Name" });
    });

    test(`POST ${path} names every failing field, in the order of the request`, async () => {
      const { person } = await stage.shared("whose address is taken", () => stage.enter());
      const isWeb = path !== "/register/";
      const ask = (json: object) => stage.ask({ path, json });
      const items = async (json: object) =>
        (Object(await ask(json).then((answer) => answer.json)) as { errors: unknown }).errors;
      const item = (field: string, message: string) => ({ field, message });
      assert.deepEqual(await items({}), [
        item("email", "This field is required."),
        item("fullname", "This field is required."),
        ...(isWeb ? [item("password", "This field is required.")] : []),
      ]);
      assert.deepEqual(await items({ password: "1234567", language: null, fullname: " ", email: person.email }), [
        item("email", "This email is already registered."),
        item("fullname", "This field may not be blank."),
        ...(isWeb
          ? [
              item("password", "This password is too short. It must contain at least 8 characters."),
              item("password", "This password is too common."),
              item("password", "This password is entirely numeric."),
            ]
          : []),
        item("language", "This field may not be null."),
      ]);
      assert.deepEqual(await items({ email: "ada", fullname: true, password: ["x"], language: {} }), [
        item("email", "Enter a valid email address."),
        item("fullname", "Not a valid string."),
        ...(isWeb ? [item("password", "Not a valid string.")] : []),
        item("language", "Not a valid string."),
      ]);
      // Empty at last, so that the address is not kept.
      const { email } = givenPerson();
      await ask({ email, fullname: "" });
      assert.deepEqual(await lettersTo(stage.server, email), []);
    });
  }

  test("POST /web/register/ with another password within a minute is throttled", async () => {
    const person = await stage.register();
    const answer = await stage.ask({ path: "/web/register/", json: { ...person, password: `${givenPassword}x` } });
    assert.equal(answer.status, 429);
  });

  test("an address that somebody only claims at the jwt contract is free to whoever proves it", async () => {
    const registration = givenRegistration({ password: "Another-Horse-9-battery" });
    const claimed = await stage.ask({ path: "/register", prefix: "/auth", json: registration });
    assert.equal(claimed.status, 201, claimed.text);
    const { email } = await stage.register({ email: registration.email });
    await verified(email);
    const signIn = await stage.ask({ path: "/login", prefix: "/auth", json: registration });
    assert.equal(signIn.status, 401);
  });

  test("a guest who registers keeps the account, and the device makes a new guest", async () => {
    for (const path of ["/register/", "/web/register/"]) {
      const guest = await stage.guest();
      const person = givenPerson();
      expectSuccess(await stage.ask({ path, json: person, headers: carrying(guest.key) }), codeSent(person.email));
      const { key, user } = await verified(person.email);
      assert.equal(user["id"], guest.user["id"]);
      expectUser(user, { email: person.email, fullname: person.fullname });
      const old = await stage.ask({ path: "/profile/update/", headers: carrying(guest.key) });
      assert.equal(old.status, 401);
      assert.equal((await stage.ask({ path: "/profile/update/", headers: carrying(key) })).status, 200);
      const next = await stage.ask({ path: "/guest/", json: { device_id: guest.deviceId } });
      assert.equal(next.status, 201);
      assert.notEqual(entered(next, ["guest_secret"]).user["id"], guest.user["id"]);
    }
  });

  test("another account's Token at a registration changes nothing, and neither does another scheme", async () => {
    const { key, user } = await stage.enter();
    for (const headers of [carrying(key), { authorization: `Bearer ${key}` }, { authorization: "Token" }]) {
      const { email } = await stage.register({}, headers);
      assert.notEqual((await verified(email)).user["id"], user["id"]);
    }
  });

  test("a hardened mount answers for a taken address as for a free one, and tells its owner", async () => {
    const hardened = stage.at({ mount: "hardened" });
    for (const path of ["/register/", "/web/register/"]) {
      const { person } = await hardened.enter();
      await restAddress(hardened, person.email);
      const taken = await hardened.ask({ path, json: { ...person, fullname: "Eve" } });
      expectSuccess(taken, codeSent(person.email));
      const free = givenPerson();
      expectSuccess(await hardened.ask({ path, json: free }), codeSent(free.email));
      const [letter] = await lettersTo(stage.server, person.email);
      assert.equal(letter?.kind, "already-registered");
      assert.equal(letter?.code, undefined);
      await hardened.signIn(person);
    }
  });

  testRows(stage, registerRows);
});
