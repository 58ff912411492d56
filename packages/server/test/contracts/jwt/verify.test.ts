import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenPassword, givenRegistration } from "../../given.js";
import { letterTo, lettersTo } from "../../server/inbox.js";
import { nextAddress, type Response } from "../../server/request.js";
import { expectHeaders } from "../expect-headers.js";
import { objectIn, type Sent } from "../stage.js";
import { testRows } from "./row.js";
import { bearing, bothProfiles, useStage } from "./stage.js";
import {
  awaiting,
  hardened,
  proven,
  registerHardened,
  restAddress,
  tokenFor,
  verifying,
  verifyRows,
} from "./verify-rows.js";

const form = { "content-type": "application/x-www-form-urlencoded" };
const posting = (token: string, headers: Readonly<Record<string, string>> = {}): Sent =>
  hardened({ path: "/verify", headers: { ...form, ...headers }, body: new URLSearchParams({ token }).toString() });

const deadLink = "This link does not work any more. Please register again.";

/** A page's paragraphs that say how it went. */
const textsOf = ({ text }: Response) =>
  [...text.matchAll(/<p role="(\w+)">([^<]*)<\/p>/g)].map(([, role, words]) => [role, words]);

const expectPage = (answer: Response, status: number): void => {
  assert.equal(answer.status, status, answer.text);
  expectHeaders(answer, { type: "text/html; charset=utf-8" });
  assert.equal(
    answer.headers["content-security-policy"],
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  assert.equal(answer.headers["referrer-policy"], "no-referrer");
  assert.doesNotMatch(answer.text, /<script|javascript:|https?:\/\//i);
};

describeOnEveryEngine("the hardened profile", (engine) => {
  const stage = useStage(engine, { config: { mounts: bothProfiles } });
  const show = (token: string, headers: Readonly<Record<string, string>> = {}) =>
    stage.ask(hardened({ path: `/verify?token=${encodeURIComponent(token)}`, headers }));
  const signIn = ({ email, password }: { readonly email: string; readonly password: string }) =>
    stage.ask(hardened({ path: "/login", json: { email, password } }));
  const countAccounts = async () => Number((await stage.sql("select count(*) as n from account"))[0]?.["n"]);

  test("POST /register makes no account: login gives Invalid credentials until POST /verify, which makes it with a proven e-mail", async () => {
    const before = await countAccounts();
    const { registration, token } = await awaiting(stage, { language_code: "fa" });
    assert.equal(await countAccounts(), before);
    const refused = await signIn(registration);
    assert.deepEqual([refused.status, refused.json], [401, { message: "Invalid credentials" }]);
    const answer = await stage.ask(verifying(token));
    assert.deepEqual([answer.status, answer.json], [200, { message: "Email verified" }]);
    expectHeaders(answer);
    const tokens = await stage.signIn(registration, { prefix: "/hardened" });
    const me = objectIn(await stage.ask(hardened({ path: "/me", headers: bearing(tokens.access) })));
    assert.deepEqual(
      [me["username"], me["email"], me["language_code"]],
      [registration.username, registration.email, "fa"],
    );
    const [identifier] = await stage.sql(
      `select proven_at from identifier where kind = 'email' and normalized_value = '${registration.email}'`,
    );
    assert.notEqual(identifier?.["proven_at"], null);
  });

  test("POST /register mails a link of 43 characters to the configured place, whatever the request's host", async () => {
    const registration = givenRegistration();
    const answer = await stage.ask(
      hardened({
        path: "/register",
        json: registration,
        headers: { host: "evil.example", "x-forwarded-host": "evil.example" },
      }),
    );
    assert.equal(answer.status, 201);
    const { link = "", kind } = await letterTo(stage.server, registration.email);
    assert.equal(kind, "registration-link");
    assert.match(link, /^http:\/\/localhost:\d+\/hardened\/verify\?token=[\w-]{43}$/);
  });

  test("POST /register answers byte for byte alike for what is free, taken or over budget, and each owner gets his letter", async () => {
    const owner = (await proven(stage, { language_code: "fa" })).registration;
    await restAddress(stage, owner.email);
    const fresh = givenRegistration();
    const cases = {
      "both are free": fresh,
      "the e-mail is taken": givenRegistration({ email: owner.email.toUpperCase() }),
      "the user name is taken": givenRegistration({ username: owner.username.toUpperCase() }),
      "the address was written to just now": { ...fresh, password: `${givenPassword}!` },
    };
    const answers = await Promise.all(
      Object.entries(cases).map(async ([when, json]) => {
        const { status, text, headers } = await stage.ask(hardened({ path: "/register", json }));
        const { date: _date, "x-request-id": _id, ...fixed } = headers;
        return [when, { status, text, fixed }] as const;
      }),
    );
    const [[, first] = ["", undefined]] = answers;
    assert.equal(first?.text, '{"message":"User created successfully"}');
    for (const [when, answer] of answers) assert.deepEqual(answer, first, when);
    const taken = await letterTo(stage.server, owner.email);
    assert.deepEqual([taken.kind, taken.to, taken.language], ["already-registered", owner.email, "fa"]);
    const nameTaken = cases["the user name is taken"].email;
    assert.deepEqual(
      (await lettersTo(stage.server, nameTaken)).map(({ kind }) => kind),
      ["username-taken"],
    );
    assert.equal((await lettersTo(stage.server, fresh.email)).length, 1);
  });

  test("POST /register of a taken address or name keeps what nothing completes", async () => {
    const owner = (await proven(stage)).registration;
    await restAddress(stage, owner.email);
    const before = await countAccounts();
    await registerHardened(stage, { email: owner.email });
    await registerHardened(stage, { username: owner.username });
    const decoys = await stage.sql("select link_hash from pending_registration where is_decoy = 1");
    assert.ok(decoys.length >= 2);
    assert.equal(await countAccounts(), before);
    assert.equal((await signIn(owner)).status, 200);
  });

  test("POST /register is refused alike for a weak password, and says which rules it breaks", async () => {
    const weak: readonly (readonly [password: string, reasons: readonly string[]])[] = [
      ["Qx7#vn-pw", ["too-short"]],
      ["password1234", ["too-common"]],
      ["x".repeat(1001), ["too-long"]],
      ["ada-lovelace@similar.example", ["too-similar"]],
    ];
    for (const [password, reasons] of weak) {
      const json = givenRegistration({ email: "ada-lovelace@similar.example", password });
      const answer = await stage.ask(hardened({ path: "/register", json }));
      const told = { message: "Password does not meet security requirements", reasons };
      assert.deepEqual([answer.status, answer.json], [400, told], password);
    }
    const noClasses = await registerHardened(stage, { password: "seven green umbrellas" });
    assert.equal((await lettersTo(stage.server, noClasses.email)).length, 1);
  });

  test("POST /register of an address takes it from the one who only claimed it, once it is proven", async () => {
    const claimer = await stage.enter();
    const { email } = claimer.registration;
    const { registration, token } = await awaiting(stage, { email });
    assert.equal((await stage.ask({ path: "/me", headers: bearing(claimer.access) })).status, 200);
    assert.equal((await stage.ask(verifying(token))).status, 200);
    assert.equal((await stage.ask({ path: "/me", headers: bearing(claimer.access) })).status, 401);
    assert.equal((await stage.ask({ path: "/login", json: { email, password: givenPassword } })).status, 200);
    const tokens = await stage.signIn(registration);
    const me = objectIn(await stage.ask({ path: "/me", headers: bearing(tokens.access) }));
    assert.equal(me["username"], registration.username);
  });

  test("POST /verify tells the owner of the address when his user name has got another owner, once", async () => {
    const { registration, token } = await awaiting(stage);
    await proven(stage, { username: registration.username });
    for (let times = 0; times < 2; times += 1) assert.equal((await stage.ask(verifying(token))).status, 400);
    const kinds = (await lettersTo(stage.server, registration.email)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["username-taken", "registration-link"]);
  });

  test("POST /verify lets one of eight at once", async () => {
    const { registration, token } = await awaiting(stage);
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.ask(verifying(token))));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((one, other) => one - other),
      [200, ...Array.from({ length: 7 }, () => 400)],
    );
    const found = await stage.sql(`select account_id from identifier where normalized_value = '${registration.email}'`);
    assert.equal(found.length, 1);
  });

  test("GET /verify shows the button as often as it is asked, and spends nothing", async () => {
    const { registration, token } = await awaiting(stage);
    for (const method of ["GET", "HEAD", "GET"]) {
      const answer = await stage.ask(hardened({ path: `/verify?token=${token}`, method }));
      expectPage(answer, 200);
      if (method === "HEAD") continue;
      assert.ok(answer.text.includes('<form method="post" action="verify">'));
      assert.ok(answer.text.includes(`<input type="hidden" name="token" value="${token}">`));
    }
    assert.equal((await signIn(registration)).status, 401);
    const done = await stage.ask(posting(token));
    expectPage(done, 200);
    assert.deepEqual(textsOf(done), [["status", "Your address is confirmed. You can sign in now."]]);
    assert.equal((await signIn(registration)).status, 200);
    for (const again of [await stage.ask(posting(token)), await show(token)]) {
      expectPage(again, 400);
      assert.deepEqual(textsOf(again), [["alert", deadLink]]);
      assert.ok(!again.text.includes("<form"));
    }
  });

  test("GET /verify does not show what it was sent, and no decoy", async () => {
    for (const token of ["", '"><script>alert(1)</script>', "x".repeat(43), "\u0000"]) {
      const answer = await show(token);
      expectPage(answer, 400);
      assert.deepEqual(textsOf(answer), [["alert", deadLink]]);
    }
    const doubled = await stage.ask(hardened({ path: "/verify?token=a&token=b" }));
    expectPage(doubled, 400);
  });

  test("GET /verify speaks Persian to a browser that prefers it, from right to left", async () => {
    const { token } = await awaiting(stage);
    const headers = { "accept-language": "fa-IR,fa;q=0.9,en;q=0.5" };
    const page = await show(token, headers);
    expectPage(page, 200);
    assert.ok(page.text.includes('<html lang="fa" dir="rtl">'));
    const done = await stage.ask(posting(token, headers));
    expectPage(done, 200);
    assert.ok(done.text.includes("نشانی شما تأیید شد"));
  });

  test("POST /verify answers a form with a page also when it came too often", async () => {
    const address = nextAddress();
    for (let times = 0; times < 30; times += 1) await stage.ask({ ...verifying("x"), address });
    const answer = await stage.ask({ ...posting("x"), address });
    expectPage(answer, 429);
    assert.deepEqual(textsOf(answer), [["alert", "Too many tries. Please wait a moment."]]);
  });

  test("a link of one mount completes nothing on another", async () => {
    const { token } = await awaiting(stage);
    for (const method of ["GET", "POST"]) {
      const answer = await stage.ask({ path: "/verify", method, ...(method === "POST" ? { json: { token } } : {}) });
      assert.deepEqual([answer.status, answer.json], [404, { message: "Not found" }]);
    }
    assert.equal((await stage.ask(verifying(token))).status, 200);
  });

  test("an address is written to once a minute, five times an hour and ten times a day", async () => {
    const { email } = await registerHardened(stage);
    for (let times = 1; times < 7; times += 1) {
      await registerHardened(stage, { email });
      await restAddress(stage, email);
      await registerHardened(stage, { email });
    }
    assert.equal((await lettersTo(stage.server, email)).length, 5);
    assert.equal((await stage.ask(verifying(await tokenFor(stage, email)))).status, 200);
  });

  testRows(stage, verifyRows);
});
