import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenPassword } from "../../given.js";
import { formIn, openBrowser, type Visit } from "../../identity-providers/browser.js";
import { appUri, cancelOn, givenToApp, signInOn, type Started } from "../../identity-providers/handoff-page.js";
import { nextAddress, type Response } from "../../server/request.js";
import { challenge, startAt } from "./exchange-token-rows.js";
import { type MountName, stageMounts, useStage } from "./stage.js";

const redirectUris = [
  appUri,
  "https://app.example.org/signed-in",
  "https://app.example.org/signed-in?from=trilithon",
  "http://127.0.0.1:8765/callback",
];

const expectPage = (answer: Response, status: number, target = ""): void => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(
    answer.headers["content-security-policy"],
    `default-src 'none'; style-src 'self'; form-action 'self'${target}; base-uri 'none'; frame-ancestors 'none'`,
  );
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.equal(answer.headers["referrer-policy"], "no-referrer");
  assert.equal(answer.headers["x-content-type-options"], "nosniff");
  assert.equal(answer.headers.location, undefined);
  assert.match(String(answer.headers["x-request-id"]), /^req_/);
  assert.doesNotMatch(answer.text, /<script|javascript:|<img|onerror/i);
  assert.equal(/role="alert"/.test(answer.text), status !== 200);
};

describeOnEveryEngine("the hosted sign-in page", (engine) => {
  const stage = useStage(engine, { config: { mounts: stageMounts({ handoff: { redirectUris } }) } });

  const get = (query: string | URLSearchParams, over: { readonly mount?: MountName; readonly headers?: object } = {}) =>
    stage.at(over.mount === undefined ? {} : { mount: over.mount }).ask({
      path: `/mobile/login/?${query}`,
      headers: { ...over.headers },
    });

  test("GET /mobile/login/ shows the form, in the language that is asked for", async () => {
    const cases: readonly (readonly [query: Record<string, string>, headers: object, language: string])[] = [
      [{}, {}, "en"],
      [{}, { "accept-language": "fa-IR,fa;q=0.9,en;q=0.5" }, "fa"],
      [{}, { "accept-language": "de, fr;q=0.5" }, "en"],
      [{ lang: "fa" }, { "accept-language": "en" }, "fa"],
      [{ ui_locales: "de fa-IR en" }, {}, "fa"],
      [{ lang: "../../etc" }, {}, "en"],
      [{ lang: "__proto__" }, { "accept-language": "fa" }, "fa"],
      [{ lang: "fallen" }, {}, "en"],
    ];
    for (const [query, headers, language] of cases) {
      const answer = await get(new URLSearchParams({ redirect_uri: appUri, ...query }), { headers });
      expectPage(answer, 200, " com.example.app:");
      const direction = language === "fa" ? "rtl" : "ltr";
      assert.ok(answer.text.includes(`<html lang="${language}" dir="${direction}">`), answer.text);
    }
  });

  test("GET /mobile/login/ lets forms lead to the redirect address alone", async () => {
    for (const [uri, target] of [
      [redirectUris[1], " https://app.example.org"],
      [redirectUris[3], " http://127.0.0.1:8765"],
    ] as const)
      expectPage(await get(new URLSearchParams({ redirect_uri: uri ?? "" })), 200, target);
  });

  const elsewhere: readonly string[] = [
    "",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/signed-in",
    "https://app.example.org",
    "https://app.example.org/",
    "https://app.example.org/signed-in/",
    "https://app.example.org/signed-in#x",
    "https://app.example.org/signed-in?from=trilithon&next=//evil.example",
    "https://app.example.org/signed-in/../signed-in",
    "https://app.example.org/%73igned-in",
    "https://app.example.org/Signed-In",
    "HTTPS://app.example.org/signed-in",
    "https://APP.example.org/signed-in",
    "https://app.example.org:443/signed-in",
    "https://app.example.org./signed-in",
    "https://app。example。org/signed-in",
    "https://app.example.org@evil.example/signed-in",
    "https://app.example.org:80@evil.example/",
    "http://app.example.org/signed-in",
    "http://127.0.0.1:8766/callback",
    "http://localhost:8765/callback",
    "http://127.1:8765/callback",
    "com.example.app:/signed-in/",
    "com.example.app://signed-in",
    "com.example.app:signed-in",
    "COM.example.app:/signed-in",
    "com.example.app:/signed-in?x",
    " com.example.app:/signed-in",
    "com.example.app:/signed-in ",
    "com.example.app:/signed-in\r\nset-cookie: x=1",
    "com.example.app:/signed-in\u0000",
    "com.example.app:/signed\u2011in",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "null",
    "undefined",
    "x".repeat(8_000),
  ];
  for (const uri of elsewhere)
    test(`GET /mobile/login/ sends nobody to ${JSON.stringify(uri.slice(0, 60))}`, async () => {
      const answer = await get(new URLSearchParams({ redirect_uri: uri }));
      expectPage(answer, 400);
      assert.equal(answer.headers["set-cookie"], undefined);
      assert.doesNotMatch(answer.text, /<form|evil|signed-in/);
    });

  const refused: readonly (readonly [when: string, query: string])[] = [
    ["redirect_uri is absent", ""],
    ["redirect_uri comes twice", `redirect_uri=${appUri}&redirect_uri=${appUri}`],
    ["redirect_uri is a list", `redirect_uri[]=${appUri}`],
    ["the provider is unknown", `redirect_uri=${appUri}&provider=google`],
    ["the provider is empty", `redirect_uri=${appUri}&provider=`],
    ["the provider is a path", `redirect_uri=${appUri}&provider=..%2Fx`],
    ["the provider is __proto__", `redirect_uri=${appUri}&provider=__proto__`],
    ["the challenge is too short", `redirect_uri=${appUri}&code_challenge=x`],
    ["the challenge is padded", `redirect_uri=${appUri}&code_challenge=${challenge}%3D`],
    ["the challenge is plain", `redirect_uri=${appUri}&code_challenge=${challenge}&code_challenge_method=plain`],
    ["the method is in small letters", `redirect_uri=${appUri}&code_challenge=${challenge}&code_challenge_method=s256`],
    ["there is a method and no challenge", `redirect_uri=${appUri}&code_challenge_method=S256`],
    ["the challenge comes twice", `redirect_uri=${appUri}&code_challenge=${challenge}&code_challenge=${challenge}`],
    ["the state has 2,049 characters", `redirect_uri=${appUri}&state=${"s".repeat(2_049)}`],
    ["the state comes twice", `redirect_uri=${appUri}&state=1&state=2`],
  ];
  for (const [when, query] of refused)
    test(`GET /mobile/login/ shows a page when ${when}`, async () => {
      const answer = await get(query);
      expectPage(answer, 400);
      assert.equal(answer.headers["set-cookie"], undefined);
    });

  test("GET /mobile/login/ of a hardened mount asks for a challenge", async () => {
    expectPage(await get(`redirect_uri=${appUri}`, { mount: "hardened" }), 400);
    const answer = await get(`redirect_uri=${appUri}&code_challenge=${challenge}`, { mount: "hardened" });
    expectPage(answer, 200, " com.example.app:");
  });

  test("GET /mobile/login/ gives a browser one secret, and keeps to it", async () => {
    const browser = openBrowser();
    const address = `${stage.server.origin("/account")}/mobile/login/?redirect_uri=${appUri}`;
    const [first, second] = [await browser.step(address), await browser.step(address)];
    assert.match(
      String(first.headers["set-cookie"]),
      /^handoff=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    assert.deepEqual(second.headers["set-cookie"], first.headers["set-cookie"]);
    const planted = await get(`redirect_uri=${appUri}`, { headers: { cookie: "handoff=short" } });
    assert.match(String(planted.headers["set-cookie"]), /^handoff=[\w-]{43};/);
    const stranger = await get(`redirect_uri=${appUri}`, { headers: { cookie: "__Host-handoff=x; other=1" } });
    assert.notEqual(stranger.headers["set-cookie"], first.headers["set-cookie"]);
  });

  test("HEAD /mobile/login/ is answered without a body", async () => {
    const answer = await stage.ask({ path: `/mobile/login/?redirect_uri=${appUri}`, method: "HEAD" });
    assert.deepEqual([answer.status, answer.text], [200, ""]);
  });

  const states = [
    "plain",
    "a b&c=d#e%/?+",
    "نشانه",
    "😀",
    "\r\nset-cookie: x=1",
    '"><script>',
    "%0d%0a",
    "s".repeat(2_048),
  ];
  for (const [mount, mark] of [
    ["account", "?"],
    ["hardened", "#"],
  ] as const)
    test(`a state comes back unchanged, behind ${mark} on the mount ${mount}`, async () => {
      const place = stage.at({ mount });
      const { person } = await place.enter();
      for (const state of states) {
        const page = await startAt(place, { state, code_challenge: challenge });
        assert.doesNotMatch(page.answer.text, /<script/);
        const visits = [await cancelOn(page), await signInOn(page, person)];
        const outcomes = visits.map((visit) => {
          assert.ok(visit.url.startsWith(`${appUri}${mark}temp_token=`), visit.url);
          const { temp_token: _token, ...others } = givenToApp(visit);
          return others;
        });
        assert.deepEqual(outcomes, [{ error: "access_denied", state }, { state }]);
      }
    });

  test("the parameters are joined to those that the redirect address has", async () => {
    const page = await startAt(stage, { redirect_uri: redirectUris[2] ?? "" });
    const { action, fields } = formIn(page, /cancel/);
    const answer = await page.browser.step(action, { form: fields });
    assert.equal(answer.status, 303);
    assert.match(
      String(answer.headers.location),
      /^https:\/\/app\.example\.org\/signed-in\?from=trilithon&temp_token=[\w-]{43}&error=access_denied$/,
    );
  });

  test("a password signs in only the account it belongs to, and says nothing of others", async () => {
    const { person } = await stage.enter();
    const wrong: readonly (readonly [email: string, password: string])[] = [
      [person.email, "a wrong password"],
      ["nobody@example.org", givenPassword],
      ["no address", givenPassword],
      ["\u0000@example.org", givenPassword],
      [`${"a".repeat(300)}@example.org`, givenPassword],
    ];
    const told = new Set<string>();
    for (const [email, password] of wrong) {
      const page = await startAt(stage);
      const { answer } = await signInOn(page, { email, password });
      expectPage(answer, 400, " com.example.app:");
      told.add(/role="alert"[\s\S]*?<\/div>/.exec(answer.text)?.[0] ?? "");
    }
    assert.equal(told.size, 1);
    for (const status of ["restricted", "denied", "closed"]) {
      await stage.sql(`update account set status = '${status}' where account_id = '${await idOf(person.email)}'`);
      const { answer } = await signInOn(await startAt(stage), person);
      assert.equal(answer.status, 403);
    }
  });

  const idOf = async (email: string): Promise<string> => {
    const [row] = await stage.sql(`select account_id from identifier where normalized_value = '${email}'`);
    return String(row?.["account_id"]);
  };

  test("the form says what is missing, by links to its fields", async () => {
    const page = await startAt(stage);
    const { answer } = await signInOn(page, { email: " ", password: "" });
    expectPage(answer, 400, " com.example.app:");
    for (const field of ["email", "password"]) {
      assert.ok(answer.text.includes(`<a href="#${field}">`), field);
      assert.match(answer.text, new RegExp(`<input id="${field}"[^>]*aria-invalid="true"`));
    }
  });

  test("ten wrong passwords lock the account here as everywhere", async () => {
    const { person } = await stage.enter();
    const page = await startAt(stage);
    for (let tries = 0; tries < 10; tries += 1) await signInOn(page, { ...person, password: "a wrong password" });
    const locked = await signInOn(page, person);
    assert.equal(locked.answer.status, 400);
    const login = await stage.ask({ path: "/login/", json: { email: person.email, password: person.password } });
    assert.equal(login.status, 400);
  });

  const forms: readonly (readonly [path: string, more: Readonly<Record<string, string>>])[] = [
    ["/mobile/password/", { email: "a@example.org", password: givenPassword }],
    ["/mobile/code/", { code: "123456" }],
    ["/mobile/cancel/", {}],
  ];
  for (const [path, more] of forms) {
    const post = (page: Started, fields: Readonly<Record<string, string>>, headers: object = {}): Promise<Response> =>
      page.browser.step(`${stage.server.origin("/account")}${path}`, {
        form: { ...fields, ...more },
        headers: { ...headers },
      });
    const handoffOf = (page: Visit): string => formIn(page, /cancel/).fields["handoff"] ?? "";

    test(`POST ${path} is refused in another browser, and for a hand-off that is not there`, async () => {
      const [page, other] = [await startAt(stage), await startAt(stage)];
      const handoff = handoffOf(page);
      expectPage(await post(other, { handoff }), 400);
      expectPage(await post({ ...page, browser: openBrowser() }, { handoff }), 400);
      for (const made of [
        "",
        "hnd_",
        `hnd_${"A".repeat(22)}`,
        "x\u0000",
        "' or 1=1 --",
        handoff.toUpperCase(),
        `${handoff}x`,
      ])
        expectPage(await post(page, { handoff: made }), 400);
      assert.deepEqual(
        await stage.sql(`select * from handoff where handoff_id = '${handoff}' and bound_at is not null`),
        [],
      );
    });

    test(`POST ${path} is refused when another site sends it`, async () => {
      const page = await startAt(stage);
      const handoff = handoffOf(page);
      for (const headers of [
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        { "sec-fetch-site": "none" },
        { origin: "https://evil.example" },
        { origin: "http://127.0.0.1" },
        { origin: "http://127.0.0.1:1" },
        { origin: "a word" },
      ])
        expectPage(await post(page, { handoff }, headers), 403);
    });

    test(`POST ${path} is refused when the hand-off is over, bound or used`, async () => {
      const { person } = await stage.enter();
      const over = await startAt(stage);
      await stage.sql(`update handoff set expires_at = expires_at - 600000 where handoff_id = '${handoffOf(over)}'`);
      expectPage(await post(over, { handoff: handoffOf(over) }), 400);
      const bound = await startAt(stage);
      const token = givenToApp(await signInOn(bound, person))["temp_token"];
      expectPage(await post(bound, { handoff: handoffOf(bound) }), 400);
      assert.equal((await stage.ask({ path: "/exchange-token/", json: { temp_token: token } })).status, 200);
      expectPage(await post(bound, { handoff: handoffOf(bound) }), 400);
    });

    test(`POST ${path} is refused on another mount`, async () => {
      const page = await startAt(stage, { code_challenge: challenge });
      const answer = await page.browser.step(`${stage.server.origin("/hardened")}${path}`, {
        form: { handoff: handoffOf(page), ...more },
      });
      expectPage(answer, 400);
    });

    test(`POST ${path} reads forms, and no GET`, async () => {
      const page = await startAt(stage);
      const text = await page.browser.step(`${stage.server.origin("/account")}${path}`, {
        form: { handoff: handoffOf(page), ...more },
        headers: { "content-type": "text/plain" },
      });
      expectPage(text, 415);
      assert.equal((await page.browser.step(`${stage.server.origin("/account")}${path}`)).status, 405);
    });
  }

  test("several tabs of a browser go on beside each other", async () => {
    const { person } = await stage.enter();
    const first = await startAt(stage, { state: "1" });
    const second = await first.browser.get(
      `${stage.server.origin("/account")}/mobile/login/?redirect_uri=${appUri}&state=2`,
    );
    assert.equal(givenToApp(await signInOn(first, person))["state"], "1");
    assert.equal(givenToApp(await signInOn({ ...second, browser: first.browser }, person))["state"], "2");
  });

  test("an address has a limit of thirty in a minute over all steps, told by a page", async () => {
    const address = nextAddress();
    const ask = () =>
      stage.ask({ path: `/mobile/login/?redirect_uri=${appUri}`, address, headers: { "accept-language": "fa" } });
    for (let times = 0; times < 30; times += 1) await ask();
    const answer = await ask();
    expectPage(answer, 429);
    assert.match(String(answer.headers["retry-after"]), /^[1-9]\d*$/);
    assert.match(answer.text, /dir="rtl"/);
  });
});
