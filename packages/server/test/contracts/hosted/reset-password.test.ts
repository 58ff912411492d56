import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenPassword } from "../../given.js";
import { nextAddress, type Response } from "../../server/request.js";
import type { Sent } from "../stage.js";
import { bearing, useStage } from "../jwt/stage.js";

const done = "Your password has been changed. Sign in with it where you usually do.";
const dead = "This link does not work any more. Ask for a new one.";
const nextPassword = "Another-Horse-7-battery";

/** A page's paragraphs, by the role that says how urgent they are. */
const texts = ({ text }: Response) =>
  [...text.matchAll(/<p role="(\w+)">([^<]*)<\/p>/g)].map(([, role, words]) => [role, words]);
const hasForm = ({ text }: Response): boolean => text.includes("<form");

const expectPage = (answer: Response, status: number): void => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(
    answer.headers["content-security-policy"],
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.equal(answer.headers["referrer-policy"], "no-referrer");
  assert.equal(answer.headers["set-cookie"], undefined);
  assert.ok(answer.headers["x-request-id"]);
  assert.doesNotMatch(answer.text, /<script|javascript:|https?:\/\//i);
};

const posting = (form: Readonly<Record<string, string>>, over: Partial<Sent> = {}): Sent => ({
  path: "/reset-password",
  prefix: "",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams(form).toString(),
  ...over,
});

describeOnEveryEngine("the page on which a password is reset", (engine) => {
  const stage = useStage(engine);

  /** Somebody with a link that an administrator has made for him. */
  const invited = async () => {
    const member = await stage.enter();
    return { ...member, token: await invite(member.registration.email) };
  };
  const invite = async (email: string): Promise<string> => {
    const { stdout } = await stage.cli("user", "reset-password", email, "--json");
    const { resetLink } = JSON.parse(stdout) as { readonly resetLink: string };
    const link = new URL(resetLink);
    assert.equal(link.pathname, "/reset-password");
    return link.searchParams.get("token") ?? "";
  };
  const show = (token: string) => stage.ask({ path: `/reset-password?token=${encodeURIComponent(token)}`, prefix: "" });
  const post = (form: Readonly<Record<string, string>>, over?: Partial<Sent>) => stage.ask(posting(form, over));

  test("GET /reset-password shows the form as often as it is asked, and spends nothing", async () => {
    const { token, registration } = await stage.shared("looker", invited);
    for (let times = 0; times < 3; times += 1) {
      const answer = await show(token);
      expectPage(answer, 200);
      assert.ok(hasForm(answer));
      assert.ok(answer.text.includes(`value="${token}"`));
    }
    await stage.signIn(registration);
  });

  test("POST /reset-password sets the password once, ends every session and signs nobody in", async () => {
    const { token, registration, access } = await invited();
    const { email } = registration;
    const answer = await post({ token, password: nextPassword });
    expectPage(answer, 200);
    assert.deepEqual(texts(answer), [["status", done]]);
    assert.ok(!hasForm(answer));
    assert.equal((await stage.ask({ path: "/me", headers: bearing(access) })).status, 401);
    assert.equal((await stage.ask({ path: "/login", json: { email, password: givenPassword } })).status, 401);
    await stage.signIn({ email, password: nextPassword });
    for (const again of [await post({ token, password: "A-third-Horse-5-battery" }), await show(token)]) {
      expectPage(again, 400);
      assert.deepEqual(texts(again), [["alert", dead]]);
    }
    await stage.signIn({ email, password: nextPassword });
  });

  test("POST /reset-password lets one of two at once", async () => {
    const { token, registration } = await invited();
    const passwords = ["First-Horse-1-battery", "Second-Horse-2-battery"];
    const answers = await Promise.all(passwords.map((password) => post({ token, password })));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((one, other) => one - other),
      [200, 400],
    );
    const winner = passwords[answers.findIndex(({ status }) => status === 200)] ?? "";
    await stage.signIn({ email: registration.email, password: winner });
  });

  const advice: readonly (readonly [password: string, words: readonly string[]])[] = [
    ["Aa1-5678901", ["Use at least 12 characters."]],
    ["aaaaaaaaaaaaa", ["Add an upper-case letter, a digit, another character."]],
    [`Aa1-${"x".repeat(997)}`, ["Use at most 1000 characters."]],
    ["Password1234 ", ["This password is in lists of common or stolen passwords."]],
    ["", ["Use at least 12 characters.", "Add an upper-case letter, a lower-case letter, a digit, another character."]],
  ];
  for (const [password, words] of advice) {
    test(`POST /reset-password says what is wrong with ${JSON.stringify(password.slice(0, 20))}, and the link stays good`, async () => {
      const { token } = await stage.shared("chooser", invited);
      const answer = await post({ token, password });
      expectPage(answer, 400);
      assert.deepEqual(
        texts(answer),
        words.map((text) => ["alert", text]),
      );
      assert.ok(hasForm(answer));
      assert.equal((await show(token)).status, 200);
    });
  }

  test("POST /reset-password lets a locked account in again", async () => {
    const { token, registration } = await invited();
    const { email } = registration;
    for (let tries = 0; tries < 10; tries += 1) await stage.ask({ path: "/login", json: { email, password: "wrong" } });
    assert.equal((await stage.ask({ path: "/login", json: { email, password: givenPassword } })).status, 401);
    assert.equal((await post({ token, password: nextPassword })).status, 200);
    await stage.signIn({ email, password: nextPassword });
  });

  test("a newer link kills the older one", async () => {
    const { token, registration } = await invited();
    const newer = await invite(registration.email);
    assert.equal((await show(token)).status, 400);
    assert.equal((await show(newer)).status, 200);
  });

  test("a link is over after an hour", async () => {
    const { token } = await invited();
    await stage.sql("update account_link set expires_at = expires_at - 3599000");
    assert.equal((await show(token)).status, 200);
    await stage.sql("update account_link set expires_at = expires_at - 1000");
    expectPage(await show(token), 400);
    expectPage(await post({ token, password: nextPassword }), 400);
  });

  const wrong: readonly (readonly [when: string, token: string])[] = [
    ["nothing", ""],
    ["made up", "A".repeat(43)],
    ["markup", '"><script>alert(1)</script>'],
    ["a statement", "' or 1=1 --"],
    ["8,000 letters", "a".repeat(8000)],
  ];
  for (const [when, token] of wrong) {
    test(`a link that is ${when} does not work`, async () => {
      for (const answer of [await show(token), await post({ token, password: nextPassword })]) {
        expectPage(answer, 400);
        assert.deepEqual(texts(answer), [["alert", dead]]);
        assert.ok(token === "" || !answer.text.includes(token));
      }
    });
  }

  test("POST /reset-password reads a form alone", async () => {
    const form = { token: "x", password: nextPassword };
    for (const headers of [
      {},
      { "content-type": "application/json" },
      { "content-type": "text/plain" },
      { "content-type": "multipart/form-data" },
    ]) {
      const answer = await post(form, { headers });
      assert.deepEqual(
        [answer.status, answer.json],
        [415, { message: "Content-Type must be application/x-www-form-urlencoded" }],
      );
    }
  });

  test("POST /reset-password has a limit of ten in a minute for an address", async () => {
    const address = nextAddress();
    for (let times = 0; times < 10; times += 1) await post({ token: "x", password: "y" }, { address });
    const answer = await post({ token: "x", password: "y" }, { address });
    expectPage(answer, 429);
    assert.match(String(answer.headers["retry-after"]), /^[1-9]\d*$/);
    assert.deepEqual(texts(answer), [["alert", "Too many tries. Please wait a moment."]]);
  });

  test("the page's style sheet is there, and other paths and methods are not", async () => {
    const sheet = await stage.ask({ path: "/hosted.css", prefix: "" });
    assert.deepEqual([sheet.status, sheet.headers["content-type"]], [200, "text/css; charset=utf-8"]);
    const lost = await stage.ask({ path: "/nothing", prefix: "" });
    assert.deepEqual([lost.status, lost.json], [404, { message: "Not found" }]);
    const wrongMethod = await stage.ask({ path: "/reset-password", prefix: "", method: "PUT" });
    assert.deepEqual(
      [wrongMethod.status, wrongMethod.json, wrongMethod.headers["allow"]],
      [405, { message: "Method not allowed" }, "GET, HEAD, POST"],
    );
  });

  test("the log holds no link and no password", async () => {
    const { token } = await invited();
    await show(token);
    await post({ token, password: nextPassword });
    assert.ok(!stage.server.output().includes(token));
    assert.ok(!stage.server.output().includes(nextPassword));
  });
});
