import assert from "node:assert/strict";
import { type Browser, formIn, type Visit } from "./browser.js";

export interface Started extends Visit {
  readonly browser: Browser;
}

/** Where the app of these tests waits. */
export const appUri = "com.example.app:/signed-in";

/** Fills in the form for e-mail and password. */
export function signInOn(
  { browser, ...page }: Started,
  credentials: { readonly email: string; readonly password: string },
): Promise<Visit> {
  const { action, fields } = formIn(page, /\/mobile\/password\/$/);
  return browser.post(action, { ...fields, ...credentials });
}

/** Fills in the form for the code. */
export function enterCode({ browser, ...page }: Started, code: string): Promise<Visit> {
  const { action, fields } = formIn(page, /\/mobile\/code\/$/);
  return browser.post(action, { ...fields, code });
}

export function cancelOn({ browser, ...page }: Started): Promise<Visit> {
  const { action, fields } = formIn(page, /\/mobile\/cancel\/$/);
  return browser.post(action, fields);
}

/** What the app is given, in the query or in the fragment. */
export function givenToApp({ url, isAtApp, answer }: Visit): Readonly<Record<string, string>> {
  assert.ok(isAtApp, `the browser is not at the app but at ${url}: ${answer.status} ${answer.text}`);
  const [, parameters = ""] = url.split(/[?#]/, 2);
  return Object.fromEntries(
    parameters.split("&").map((part) => part.split("=", 2).map((text) => decodeURIComponent(text))),
  );
}

/** The temporary token that the app is given. */
export function tempTokenIn(visit: Visit): string {
  const token = givenToApp(visit)["temp_token"];
  assert.match(token ?? "", /^[\w-]{43}$/);
  return token ?? "";
}
