import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { parseUrlencoded } from "#http/form.js";
import { isForm, typeUnsupported } from "#http/media-type.js";
import type { JsonObject } from "#http/strict-json.js";
import { template } from "#http/template.js";
import { WireRefusal } from "#http/wire-refusal.js";
import { hostedPage } from "../hosted/layout.js";
import { passwordTexts } from "./messages.js";
import { type PageWords, pageWords } from "./page-words.js";
import type { Language, PageRequest } from "./platform-request.js";

export type LinkAct = "recover" | "cancelRecovery";

export interface FormValues {
  /** As the link names it; only a link that begins a recovery does. */
  readonly client?: string;
  readonly token: string;
}

// Its address is relative: below whatever prefix and proxy the mount is reached. The query of the link is not sent along.
const form = template(`<h1><%= it.words.title %></h1>
<% for (const text of it.faults) { %><p role="alert"><%= text %></p>
<% } %><p><%= it.words.intro %></p>
<form method="post" action="<%= it.action %>">
<% if (it.client !== undefined) { %><input type="hidden" name="client" value="<%= it.client %>">
<% } %><input type="hidden" name="token" value="<%= it.token %>">
<% if (it.words.label !== undefined) { %><label for="password"><%= it.words.label %></label>
<input id="password" name="password" type="password" autocomplete="new-password" required>
<% } %><button type="submit"><%= it.words.submit %></button>
</form>
`);

const actions: Readonly<Record<LinkAct, string>> = { recover: "recover", cancelRecovery: "cancel-recovery" };

/** The page whose button acts. `faults`: what was wrong with what was sent. */
export const formPage = (
  act: LinkAct,
  language: Language,
  { faults = [], ...values }: FormValues & { readonly faults?: readonly string[] },
): Answer => {
  const words = pageWords[language][act];
  const body = form({ words, action: actions[act], faults, ...values });
  return hostedPage({ status: faults.length === 0 ? 200 : 400, language, title: words.title, body });
};

const end = template(`<h1><%= it.title %></h1>
<p role="<%= it.role %>"><%= it.text %></p>
`);

/** The page after it. */
export const donePage = (act: LinkAct, language: Language): Answer => {
  const { title, done } = pageWords[language][act];
  return hostedPage({ status: 200, language, title, body: end({ title, role: "status", text: done }) });
};

/** Anything that was thrown, to somebody in a browser. */
export const speakOnPage = (failure: unknown, act: LinkAct, language: Language): Answer => {
  const words = pageWords[language];
  const { title } = words[act];
  const { status, text, headers } = errorOf(failure, words);
  const body = end({ title, role: "alert", text });
  return hostedPage({ status, language, title, body, ...(headers === undefined ? {} : { headers }) });
};

interface PageError {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const errorOf = (failure: unknown, words: PageWords): PageError => {
  if (Refusal.is(failure, "link-invalid")) return { status: 400, text: words.linkInvalid };
  if (Refusal.is(failure, "rate-exceeded"))
    return { status: 429, text: words.tooMany, headers: retryAfter(failure.details.retryIn) };
  if (Refusal.is(failure, "store-unavailable") || Refusal.is(failure, "overloaded"))
    return { status: 503, text: words.busy, headers: retryAfter(failure.details.retryIn) };
  if (Refusal.is(failure, "realm-unknown")) return { status: 404, text: words.linkInvalid };
  if (failure instanceof WireRefusal) return { status: wireStatus(failure), text: words.linkInvalid };
  return { status: 500, text: words.fault };
};

const retryAfter = (seconds: number) => ({ "retry-after": String(seconds) });

const wireStatus = ({ code }: WireRefusal): number => {
  if (code === "body-too-large") return 413;
  return code === "type-unsupported" ? 415 : 400;
};

/** The fields of a page's form; refuses (`type-unsupported`) anything else. */
export const readForm = (request: Pick<PageRequest, "body" | "header">): JsonObject => {
  const type = request.header("content-type");
  if (!isForm(type)) throw typeUnsupported(type ?? "");
  return parseUrlencoded(request.body);
};

/** What is no text is the token of no link. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** What to do about each rule that a password breaks. */
export const advice = (refusal: Refusal<"password-unacceptable">, language: Language): readonly string[] =>
  passwordTexts(refusal.details.failures).map((text) => text[language]);
