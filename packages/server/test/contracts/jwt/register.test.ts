import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenPassword, givenRegistration } from "../../given.js";
import { registerRows } from "./register-rows.js";
import { expectHeaders } from "../expect-headers.js";
import { testRows } from "./row.js";
import { objectIn } from "../stage.js";
import { bearing, useStage } from "./stage.js";

const accepted: readonly (readonly [when: string, over: Readonly<Record<string, unknown>>])[] = [
  ["all is as usual", {}],
  ["the password has 12 characters", { password: "Aa1-56789012" }],
  ["the password has 1,000 characters", { password: `Aa1-${"x".repeat(996)}` }],
  ["the password has 1,000 characters of four bytes", { password: `Aa1-${"😀".repeat(996)}` }],
  ["the password is in another script", { password: "Жж٣-ЖжЖжЖжЖж" }],
  ["the password has blanks around it", { password: "  Correct-Horse-9  " }],
  ["the user name has 150 characters", { username: "b".repeat(150) }],
  ["the user name has 150 characters of four bytes", { username: "😀".repeat(150) }],
  ["the user name is in another script", { username: "آدا" }],
  ["the e-mail has 64 characters before the @", { email: `${"l".repeat(64)}@example.org` }],
  [
    "the e-mail has 254 characters",
    { email: `${"m".repeat(64)}@${"d".repeat(63)}.${"d".repeat(63)}.${"d".repeat(61)}` },
  ],
  ["unknown fields come along", { role: "admin", id: 1, is_admin: true, status: "active", email_verified: true }],
  ["the language is unknown", { language_code: "xx" }],
  ["the language is of another kind", { language_code: 7 }],
];

describeOnEveryEngine("POST /register", (engine) => {
  const stage = useStage(engine);

  for (const [when, over] of accepted) {
    test(`POST /register answers 201 when ${when}, and the account signs in`, async () => {
      const registration = givenRegistration(over);
      const answer = await stage.ask({ path: "/register", json: registration });
      assert.deepEqual([answer.status, answer.json], [201, { message: "User created successfully" }]);
      expectHeaders(answer);
      await stage.signIn({ email: registration.email, password: registration.password });
    });
  }

  test("POST /register takes a tag, dots and their absence for different e-mails", async () => {
    for (const email of ["a.b@example.org", "ab@example.org", "ab+1@example.org", "ab+2@example.org"])
      await stage.register({ email });
  });

  test("POST /register frees nothing that was refused: the next with that name and e-mail is let", async () => {
    const registration = givenRegistration();
    const refused = await stage.ask({ path: "/register", json: { ...registration, password: "short" } });
    assert.equal(refused.status, 400);
    await stage.register(registration);
  });

  const languages: readonly (readonly [given: unknown, kept: string])[] = [
    [undefined, "en"],
    [null, "en"],
    ["fa", "fa"],
    ["RU", "ru"],
    ["xx", "en"],
    ["../../etc/passwd", "en"],
    [{}, "en"],
  ];
  for (const [given, kept] of languages) {
    test(`POST /register keeps the language ${JSON.stringify(given)} as ${kept}`, async () => {
      const registration = givenRegistration(given === undefined ? {} : { language_code: given });
      assert.equal((await stage.ask({ path: "/register", json: registration })).status, 201);
      const { access } = await stage.signIn(registration);
      const answer = await stage.ask({ path: "/me", headers: bearing(access) });
      assert.equal(objectIn(answer)["language_code"], kept);
    });
  }

  test("POST /register stores no password", async () => {
    const { email } = await stage.register();
    const rows = await stage.sql("select * from password");
    assert.ok(rows.length > 0);
    assert.ok(!JSON.stringify([rows, await stage.sql("select * from audit_event")]).includes(givenPassword));
    assert.ok(!stage.server.output().includes(givenPassword));
    assert.ok(!stage.server.output().includes(email));
  });

  testRows(stage, registerRows);
});
