import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { availableEngines } from "../engines/engines.js";
import { appUri } from "../identity-providers/handoff-page.js";
import { dataIn, useHandoffStage } from "../identity-providers/handoff-stage.js";
import { type OpenidProvider, startOpenidProvider } from "../identity-providers/openid-provider.js";
import { poll } from "../server/poll.js";
import { startChromium, whyNoChromium } from "./chromium.js";

describe("the hosted sign-in page in Chromium", { skip: whyNoChromium() }, () => {
  const [sqlite] = availableEngines();
  assert.ok(sqlite);
  let browser: Browser;
  let provider: OpenidProvider;
  const stage = useHandoffStage(sqlite, {
    config: async (publicUrl) => {
      provider = await startOpenidProvider({ redirectUris: [`${publicUrl}/account/mobile/callback/real/`] });
      return {
        mounts: [{ contract: "account", handoff: { redirectUris: [appUri] } }],
        providers: [
          {
            name: "real",
            title: "Real ID",
            issuer: provider.issuer,
            clientId: provider.clientId,
            clientSecret: provider.clientSecret,
            trustsEmailsOf: ["example.org"],
          },
        ],
      };
    },
  });
  before(async () => {
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    await provider.stop();
  });

  /** A page without JavaScript, what it could not load, and the addresses that only an app opens. */
  const open = async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 420, height: 760 } });
    const page = await context.newPage();
    const atApp: string[] = [];
    const failures: string[] = [];
    page.on("console", (message) => (message.type() === "error" ? failures.push(message.text()) : undefined));
    // Nothing opens the app here: the browser gives the navigation up, unless its policy has forbidden it before.
    page.on("requestfailed", (failed) => {
      const error = failed.failure()?.errorText ?? "";
      if (error === "net::ERR_ABORTED" && !/^https?:/.test(failed.url())) atApp.push(failed.url());
      else failures.push(`${error} ${failed.url()}`);
    });
    return { context, page, atApp, failures };
  };
  const signInPage = (query: Readonly<Record<string, string>> = {}) =>
    `${stage.base}/mobile/login/?${new URLSearchParams({ redirect_uri: appUri, ...query })}`;
  const parametersOf = ([uri = ""]: readonly string[]): Readonly<Record<string, string>> => {
    assert.ok(uri.startsWith(`${appUri}?`), uri);
    return Object.fromEntries(new URL(uri).searchParams);
  };

  it("signs in at the OpenID provider, goes to the app, and the token is exchanged once", async () => {
    const { context, page, atApp, failures } = await open();
    provider.claims.set("nova", { email: "nova@example.org", email_verified: true, name: "Nova Kom" });
    await page.goto(signInPage({ state: "a state & more" }));
    await page.getByRole("link", { name: "Continue with Real ID" }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.locator("input[name=login]").fill("nova");
    await page.locator("input[name=password]").fill("x");
    await page.locator("button[type=submit]").click();
    await page.locator("button[type=submit]").click();
    const { temp_token: token = "", ...others } = await poll("the browser goes to the app", 10_000, async () =>
      atApp.length === 0 ? undefined : parametersOf(atApp),
    );
    assert.deepEqual(others, { state: "a state & more" });
    const answer = await stage.exchange(token);
    assert.equal(answer.status, 200, answer.text);
    const { token: key, user } = dataIn(answer);
    assert.equal((user as Record<string, unknown>)["email"], "nova@example.org");
    assert.equal((await stage.withKey(String(key), "/profile/update/")).status, 200);
    assert.equal((await stage.exchange(token)).status, 404);
    // The token was in two hands.
    assert.equal((await stage.withKey(String(key), "/profile/update/")).status, 401);
    assert.deepEqual(
      failures.filter((failure) => failure.includes(stage.server.url)),
      [],
    );
    await context.close();
  });

  const languages = {
    en: { direction: "ltr", title: "Sign in", email: "E-mail address", password: "Password", submit: "Sign in" },
    fa: { direction: "rtl", title: "ورود", email: "نشانی ایمیل", password: "گذرواژه", submit: "ورود" },
  } as const;
  for (const [language, words] of Object.entries(languages))
    it(`signs in by password, in ${language}, by the keyboard alone`, async () => {
      const member = await stage.member();
      const { context, page, atApp, failures } = await open();
      await page.goto(signInPage({ ui_locales: language }));
      assert.equal(await page.title(), words.title);
      const html = page.locator("html");
      assert.deepEqual([await html.getAttribute("lang"), await html.getAttribute("dir")], [language, words.direction]);
      assert.equal(await page.locator("h1").count(), 1);
      assert.equal(await page.locator("script").count(), 0);
      // The style sheet is applied: the content security policy lets the page have its own.
      assert.notEqual(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth'), "none");

      await page.keyboard.press("Tab");
      await page.keyboard.type(member.email);
      await page.keyboard.press("Tab");
      await page.keyboard.type("a wrong password");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
      assert.notEqual(await page.title(), words.title);
      assert.equal(await page.getByLabel(words.email).inputValue(), member.email);
      assert.equal(await page.getByLabel(words.password).inputValue(), "");

      await page.getByLabel(words.password).fill(member.password);
      await page.getByRole("button", { name: words.submit, exact: true }).press("Enter");
      const { temp_token: token = "" } = await poll("the browser goes to the app", 10_000, async () =>
        atApp.length === 0 ? undefined : parametersOf(atApp),
      );
      const answer = await stage.exchange(token);
      assert.equal((dataIn(answer)["user"] as Record<string, unknown>)["id"], member.id);
      // The refused password was a 400, which the browser mentions.
      assert.deepEqual(
        failures.filter((failure) => !/status of 400/.test(failure)),
        [],
      );
      await context.close();
    });

  it("goes back to the app unsigned when the person cancels", async () => {
    const { context, page, atApp } = await open();
    await page.goto(signInPage());
    await page.getByRole("button", { name: "Cancel and go back to the app" }).click();
    const { error, temp_token: token = "" } = await poll("the browser goes to the app", 10_000, async () =>
      atApp.length === 0 ? undefined : parametersOf(atApp),
    );
    assert.equal(error, "access_denied");
    assert.equal((await stage.exchange(token)).status, 400);
    await context.close();
  });

  it("is let to the app by its policy, which names where the form leads: without that, the browser would stay", async () => {
    const member = await stage.member();
    const { context, page, atApp, failures } = await open();
    await page.route("**/mobile/login/?*", async (route) => {
      const answer = await route.fetch();
      const headers = answer.headers();
      const policy = headers["content-security-policy"] ?? "";
      assert.match(policy, /form-action 'self' com\.example\.app:;/);
      await route.fulfill({
        response: answer,
        headers: { ...headers, "content-security-policy": policy.replace(" com.example.app:", "") },
      });
    });
    await page.goto(signInPage());
    await page.getByLabel("E-mail address").fill(member.email);
    await page.getByLabel("Password").fill(member.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await poll("the browser refuses", 10_000, async () =>
      failures.some((failure) => /form-action|ERR_BLOCKED_BY_CSP/.test(failure)) ? true : undefined,
    );
    assert.deepEqual(atApp, []);
    await context.close();
  });
});
