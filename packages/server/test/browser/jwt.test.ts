import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { AccountId } from "#core/ids.js";
import { startPasswordReset } from "#core/recovery/reset-password.js";
import { jwtCalls, newPassword, newPerson, signedIn, textIn } from "../server/jwt-calls.js";
import { openNode, testOrigin } from "../server/open-node.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { startChromium, whyNoChromium } from "./chromium.js";

/** What a page's own code sees of an answer. */
interface Seen {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  readonly retryAfter: string | null;
}
interface Sent {
  readonly path: string;
  readonly method?: string;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly token?: string | undefined;
}

const requestId = /^[\w-]{20,60}$/;

describe("in Chromium", { skip: whyNoChromium() }, () => {
  let browser: Browser;
  let site: Site;
  before(async () => {
    [browser, site] = await Promise.all([startChromium(), startSite()]);
  });
  after(async () => {
    await browser.close();
    await site.stop();
  });
  const open = async (): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(site.origin);
    return page;
  };

  describe("a page on another origin", () => {
    let server: RunningServer;
    before(async () => {
      server = await startServer({ config: { mounts: [{ contract: "jwt", lifetimes: { access: "3s" } }] } });
    });
    after(() => server.stop());

    it("registers, signs in, calls /me, refreshes after expiry and signs out", async () => {
      const page = await open();
      const call = (sent: Sent) => callFromPage(page, server.origin("/auth"), sent);
      const { username, email, password } = newPerson();

      const registered = await call({ path: "/register", json: { username, email, password } });
      assert.deepEqual([registered.status, registered.body], [201, { message: "User created successfully" }]);
      assert.match(registered.requestId ?? "", requestId);

      const login = await call({ path: "/login", json: { email, password } });
      assert.deepEqual([login.status, login.body["message"]], [200, "Login successful"]);
      const access = String(login.body["access_token"]);
      const refresh = String(login.body["refresh_token"]);

      const me = await call({ path: "/me", method: "GET", token: access });
      assert.deepEqual([me.status, me.body["username"], me.body["email"]], [200, username, email]);

      await page.waitForFunction(
        async ([url, token]) => {
          const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
          const body: unknown = await answer.json();
          return answer.status === 401 && JSON.stringify(body) === '{"message":"Token has expired"}';
        },
        [`${server.origin("/auth")}/me`, access] as const,
        { timeout: 20_000, polling: 200 },
      );

      const refreshed = await call({ path: "/refresh", token: refresh, method: "POST" });
      assert.equal(refreshed.status, 200);
      const renewed = String(refreshed.body["access_token"]);
      assert.equal((await call({ path: "/me", method: "GET", token: renewed })).status, 200);

      const signedOut = await call({ path: "/logout", token: refresh, method: "POST" });
      assert.deepEqual([signedOut.status, signedOut.body], [200, { message: "Logged out" }]);
      const over = await call({ path: "/me", method: "GET", token: renewed });
      assert.deepEqual([over.status, over.body], [401, { message: "Invalid token" }]);
      await page.close();
    });

    it("rotates its refresh token when it asks for it", async () => {
      const page = await open();
      const call = (sent: Sent) => callFromPage(page, server.origin("/auth"), sent);
      const person = newPerson();
      await jwtCalls(server.origin("/auth")).register(person);
      const login = await call({
        path: "/login",
        json: { email: person.email, password: person.password, rotate: true },
      });
      const refreshed = await call({ path: "/refresh", method: "POST", token: String(login.body["refresh_token"]) });
      assert.equal(refreshed.status, 200);
      assert.notEqual(refreshed.body["refresh_token"], login.body["refresh_token"]);
      await page.close();
    });

    it("reads the body, the request's id and the wait of each refusal", async () => {
      const page = await open();
      const call = (sent: Sent) => callFromPage(page, server.origin("/auth"), sent);
      const { email } = newPerson();
      const wrong = await call({ path: "/login", json: { email, password: newPassword() } });
      assert.deepEqual([wrong.status, wrong.body], [401, { message: "Invalid credentials" }]);
      assert.match(wrong.requestId ?? "", requestId);
      assert.deepEqual((await call({ path: "/nothing", method: "GET" })).body, { message: "Not found" });

      let limited: Seen | undefined;
      for (let tries = 0; limited === undefined && tries < 11; tries += 1) {
        const answer = await call({ path: "/login", json: { email, password: "x" } });
        limited = answer.status === 429 ? answer : undefined;
      }
      assert.deepEqual(limited?.body, {
        error: "Too many requests",
        message: "Rate limit exceeded. Please try again later.",
        rate_limit: "10 per 1 minute",
      });
      assert.match(limited?.requestId ?? "", requestId);
      assert.match(limited?.retryAfter ?? "", /^[1-9]\d?$/);
      await page.close();
    });
  });

  describe("with configured origins", () => {
    let server: RunningServer;
    let foreign: Site;
    before(async () => {
      foreign = await startSite();
      server = await startServer({ config: { mounts: [{ contract: "jwt", cors: { origins: [site.origin] } }] } });
    });
    after(async () => {
      await server.stop();
      await foreign.stop();
    });

    it("the configured one is served", async () => {
      const page = await open();
      const { username, email, password } = newPerson();
      const answer = await callFromPage(page, server.origin("/auth"), {
        path: "/register",
        json: { username, email, password },
      });
      assert.equal(answer.status, 201);
      await page.close();
    });

    it("another one is kept out, and nothing is made for it", async () => {
      const page = await browser.newPage();
      await page.goto(foreign.origin);
      const person = newPerson();
      const { username, email, password } = person;
      await assert.rejects(
        callFromPage(page, server.origin("/auth"), { path: "/register", json: { username, email, password } }),
        /Failed to fetch/,
      );
      await assert.rejects(
        callFromPage(page, server.origin("/auth"), { path: "/me", method: "GET", token: "x" }),
        /Failed to fetch/,
      );
      assert.equal((await jwtCalls(server.origin("/auth")).login(person)).status, 401);
      await page.close();
    });
  });

  describe("the page behind a reset link, without JavaScript", () => {
    let server: RunningServer;
    let context: BrowserContext;
    before(async () => {
      server = await startServer();
      context = await browser.newContext({ javaScriptEnabled: false });
    });
    after(async () => {
      await context.close();
      await server.stop();
    });
    const linkFor = async (access: string): Promise<string> => {
      const accountId = textIn(await jwtCalls(server.origin("/auth")).me(access), "id") as AccountId;
      const node = await openNode(`sqlite:${server.dataDir}/trilithon.db`);
      const token = await startPasswordReset(node, { accountId, origin: testOrigin });
      await node.close();
      return `${server.url}/reset-password?token=${token}`;
    };

    it("has a title, a language and a labelled field, refuses a weak password with advice, and sets a good one once", async () => {
      const calls = jwtCalls(server.origin("/auth"));
      const owner = await signedIn(calls);
      const link = await linkFor(owner.access);
      const page = await context.newPage();
      const failures: string[] = [];
      page.on("console", (message) => (message.type() === "error" ? failures.push(message.text()) : undefined));
      page.on("requestfailed", (failed) => failures.push(failed.url()));
      const shown = await page.goto(link);
      assert.equal(shown?.status(), 200);
      assert.equal(await page.title(), "Choose a new password");
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      assert.equal(await page.locator("h1").count(), 1);
      const field = page.getByLabel("New password");
      assert.equal(await field.getAttribute("type"), "password");
      assert.equal(await field.getAttribute("autocomplete"), "new-password");
      // The style sheet is applied: the content security policy lets the page have its own.
      assert.notEqual(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth'), "none");

      await field.fill("short");
      await page.getByRole("button", { name: "Set the password" }).click();
      assert.match(await page.getByRole("alert").first().innerText(), /Use at least 12 characters/);

      const chosen = newPassword();
      await page.getByLabel("New password").fill(chosen);
      await page.getByRole("button", { name: "Set the password" }).click();
      assert.match(await page.getByRole("status").innerText(), /has been changed/);
      assert.equal((await calls.login({ email: owner.email, password: chosen })).status, 200);
      assert.equal((await calls.me(owner.access)).status, 401);

      const again = await page.goto(link);
      assert.equal(again?.status(), 400);
      assert.match(await page.getByRole("alert").innerText(), /does not work any more/);
      assert.equal(await page.locator("form").count(), 0);
      assert.deepEqual(
        failures.filter((failure) => !/400/.test(failure)),
        [],
      );
      await page.close();
    });

    it("shows what a stranger writes into a link as text", async () => {
      const page = await context.newPage();
      await page.goto(`${server.url}/reset-password?token=${encodeURIComponent('"><img src=x>')}`);
      assert.equal(await page.locator("img").count(), 0);
      assert.match(await page.getByRole("alert").innerText(), /does not work any more/);
      await page.close();
    });
  });
});

interface Site {
  readonly origin: string;
  stop(): Promise<void>;
}

/** A page on an origin of its own, as a product's web site. */
async function startSite(): Promise<Site> {
  const server: Server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end("<!doctype html><html lang=en><title>a product</title><link rel=icon href=data:,>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A call by the page's own `fetch`. */
function callFromPage(page: Page, origin: string, { path, method = "POST", json, token }: Sent): Promise<Seen> {
  return page.evaluate(
    async ({ url, init }) => {
      const answer = await fetch(url, init);
      const body = (await answer.json()) as Seen["body"];
      return {
        status: answer.status,
        body,
        requestId: answer.headers.get("x-request-id"),
        retryAfter: answer.headers.get("retry-after"),
      };
    },
    {
      url: `${origin}${path}`,
      init: {
        method,
        headers: {
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      },
    },
  );
}
