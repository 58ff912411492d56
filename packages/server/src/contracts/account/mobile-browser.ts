import type { BrowserClaim } from "#core/handoffs/own-handoff.js";
import { Refusal } from "#core/refusal.js";
import { readCookie, writeCookie } from "#http/cookies.js";
import type { PageLanguage } from "../hosted/layout.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { chooseVoice } from "./language.js";

/** Seconds for which a browser's secret is kept: longer than any hand-off, and begun anew by each. */
const cookieLivesIn = 3_600;

/** `__Host-`: no other host of the domain can set it (RFC 6265bis section 4.1.3.2). Over plain http, which is for this machine, browsers refuse that name. */
const cookieOf = ({ policy }: AccountNeeds) => {
  const isSecure = policy.handoff.baseUrl.startsWith("https:");
  return { name: isSecure ? "__Host-handoff" : "handoff", isSecure };
};

/** The header that keeps the browser's secret. */
export const rememberBrowser = (needs: AccountNeeds, browserSecret: string): { readonly "set-cookie": string } => ({
  "set-cookie": writeCookie({ ...cookieOf(needs), value: browserSecret, maxAge: cookieLivesIn }),
});

/** The secret in the browser's cookie, if there is one. */
export const browserSecretOf = (needs: AccountNeeds, { header }: Pick<AccountRequest, "header">): string | undefined =>
  readCookie(header("cookie"), cookieOf(needs).name);

/** What a form shows of its hand-off. Refuses forms of other sites, to which browsers send no cookie of ours anyway. */
export const claimOf = (needs: AccountNeeds, request: AccountRequest): BrowserClaim => {
  if (!isOwnForm(request)) throw new Refusal("handoff-refused", { reason: "another-site" });
  return { handoffId: textIn(request, "handoff"), browserSecret: browserSecretOf(needs, request) };
};

/** Our pages name no referrer, so that their forms say `Origin: null`; then `Sec-Fetch-Site` alone tells, and browsers without it have the cookie. */
const isOwnForm = ({ header }: AccountRequest): boolean => {
  const site = header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = header("origin");
  return origin === undefined || origin === "null" || hostOf(origin) === header("host")?.toLowerCase();
};

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

/** A field of a form, empty when it is not there. */
export const textIn = ({ body }: Pick<AccountRequest, "body">, name: string): string => {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === "string" ? value : "";
};

/** A parameter of the query, sent at most once. */
export const parameterOf = ({ query }: Pick<AccountRequest, "query">, name: string): string | undefined => {
  const value = Object.hasOwn(query, name) ? query[name] : undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new Refusal("handoff-refused", { reason: `${name}-twice` });
};

/** The language of the page: what the app asks for (`lang`, or `ui_locales` of OpenID Connect), else what the browser prefers. */
export const pageLanguageOf = ({ query, header }: Pick<AccountRequest, "query" | "header">): PageLanguage => {
  const asked = [query["lang"], query["ui_locales"]].filter((value) => typeof value === "string").join(" ");
  const found = asked.toLowerCase().match(/(?<![\w-])(?:en|fa)(?![a-z0-9])/);
  return found === null ? preferredLanguage(header("accept-language")) : (languages[found[0]] ?? "en");
};

const languages: Readonly<Record<string, PageLanguage>> = { en: "en", fa: "fa" };

/** The language that a browser prefers. */
export const preferredLanguage = (acceptLanguage: string | undefined): PageLanguage =>
  chooseVoice({ language: "negotiate" }, acceptLanguage) === "fa" ? "fa" : "en";
