import { Refusal } from "#core/refusal.js";
import { preferredOf } from "#http/accept-language.js";
import type { Answer, WireRequest } from "#http/answer.js";
import { template } from "#http/template.js";
import { WireRefusal } from "#http/wire-refusal.js";
import { hostedPage, type PageLanguage } from "../hosted/layout.js";
import { type VerifyWords, verifyWords } from "./verify-words.js";

const languages: Readonly<Record<string, PageLanguage>> = { en: "en", fa: "fa" };

/** In which language a browser is answered. */
export const pageLanguage = (header: WireRequest["header"]): PageLanguage =>
  preferredOf(header("accept-language") ?? "", languages) ?? "en";

// Its address is relative: below whatever prefix and proxy the mount is reached.
const confirmContent = template(`<h1><%= it.words.title %></h1>
<p><%= it.words.intro %></p>
<form method="post" action="verify">
<input type="hidden" name="token" value="<%= it.token %>">
<button type="submit"><%= it.words.confirm %></button>
</form>
`);

/** The page whose button completes a registration. */
export const confirmPage = (language: PageLanguage, token: string): Answer => {
  const words = verifyWords[language];
  return hostedPage({ status: 200, language, title: words.title, body: confirmContent({ words, token }) });
};

const endContent = template(`<h1><%= it.words.title %></h1>
<p role="<%= it.role %>"><%= it.text %></p>
`);

/** The page after it. */
export const donePage = (language: PageLanguage): Answer => {
  const words = verifyWords[language];
  const body = endContent({ words, role: "status", text: words.done });
  return hostedPage({ status: 200, language, title: words.title, body });
};

/** Anything that was thrown, to somebody in a browser. */
export const speakOnPage = (failure: unknown, language: PageLanguage): Answer => {
  const words = verifyWords[language];
  const { status, text, headers } = errorOf(failure, words);
  const body = endContent({ words, role: "alert", text });
  return hostedPage({ status, language, title: words.title, body, ...(headers === undefined ? {} : { headers }) });
};

interface PageError {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const errorOf = (failure: unknown, words: VerifyWords): PageError => {
  if (Refusal.is(failure, "link-invalid")) return { status: 400, text: words.linkInvalid };
  if (Refusal.is(failure, "rate-exceeded"))
    return { status: 429, text: words.tooMany, headers: retryAfter(failure.details.retryIn) };
  if (Refusal.is(failure, "store-unavailable") || Refusal.is(failure, "overloaded"))
    return { status: 503, text: words.busy, headers: retryAfter(failure.details.retryIn) };
  if (failure instanceof WireRefusal)
    return { status: failure.code === "body-too-large" ? 413 : 400, text: words.linkInvalid };
  return { status: 500, text: words.fault };
};

const retryAfter = (seconds: number) => ({ "retry-after": String(seconds) });
