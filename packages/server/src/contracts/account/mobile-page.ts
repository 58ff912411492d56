import type { Handoff } from "#core/handoffs/handoff.js";
import type { IdentityProviderName } from "#core/handoffs/identity-providers.js";
import type { Answer } from "#http/answer.js";
import { template } from "#http/template.js";
import { hostedPage, type PageLanguage } from "../hosted/layout.js";
import { type MobileWords, mobileWords } from "./mobile-messages.js";

/** What is wrong, above a form, and with which of its fields. */
export interface Problem {
  readonly text: string;
  readonly field?: "email" | "password" | "code";
}

/** What every page of a hand-off needs to know. */
export interface PageFrame {
  readonly status: number;
  /** Below which the forms' addresses lie. */
  readonly base: string;
  readonly handoff: Handoff;
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Languages that a hand-off is kept with. */
export const languageOf = ({ language }: Pick<Handoff, "language">): PageLanguage => (language === "fa" ? "fa" : "en");

const summary = `<% if (it.problems.length > 0) { %><div class="summary" role="alert">
<h2><%= it.words.problem %></h2>
<ul>
<% for (const { text, field } of it.problems) { %><li><% if (field === undefined) { %><%= text %><% } else { %><a href="#<%= field %>"><%= text %></a><% } %></li>
<% } %></ul>
</div>
<% } %>`;

const field = (name: string, attributes: string): string => `<label for="${name}"><%= it.words.${name} %></label>
<input id="${name}" name="${name}" dir="ltr" ${attributes} required<% if (it.wrong.includes("${name}")) { %> aria-invalid="true"<% } %>>
`;

const cancelForm = `<form method="post" action="<%= it.base %>/mobile/cancel/">
<input type="hidden" name="handoff" value="<%= it.handoff %>">
<button type="submit" class="quiet"><%= it.words.cancel %></button>
</form>
`;

const signInContent = template(`<h1><%= it.words.signIn %></h1>
${summary}<p><%= it.words.signInIntro %></p>
<form method="post" action="<%= it.base %>/mobile/password/">
<input type="hidden" name="handoff" value="<%= it.handoff %>">
${field("email", 'type="email" autocomplete="username" maxlength="254" value="<%= it.email %>"')}${field("password", 'type="password" autocomplete="current-password"')}<button type="submit"><%= it.words.submit %></button>
</form>
<% if (it.providers.length > 0) { %><section aria-labelledby="other-ways">
<h2 id="other-ways"><%= it.words.otherWays %></h2>
<ul>
<% for (const { address, text } of it.providers) { %><li><a class="button" href="<%= address %>"><%= text %></a></li>
<% } %></ul>
</section>
<% } %>${cancelForm}`);

/** The form for e-mail and password, and the providers. */
export const signInPage = (
  frame: PageFrame,
  { providers, email }: { readonly providers: readonly IdentityProviderName[]; readonly email: string },
): Answer => {
  const words = mobileWords[languageOf(frame.handoff)];
  const links = providers.map(({ name, title }) => ({
    text: words.continueWith(title),
    // A link and no form: a browser would hold a form's redirect to the policy of this page.
    address: `${frame.base}/mobile/login/?${startQuery(frame.handoff, name)}`,
  }));
  return framed(frame, words, words.signIn, signInContent({ ...valuesOf(frame, words), email, providers: links }));
};

const codeContent = template(`<h1><%= it.words.enterCode %></h1>
${summary}<p><%= it.intro %></p>
<form method="post" action="<%= it.base %>/mobile/code/">
<input type="hidden" name="handoff" value="<%= it.handoff %>">
${field("code", 'type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="20" aria-describedby="hint"')}<p id="hint"><%= it.words.codeHint %></p>
<button type="submit"><%= it.words.submitCode %></button>
</form>
${cancelForm}`);

/** The form for the code that proves whose account an identity is to be linked to. */
export const codePage = (
  frame: PageFrame,
  { provider, email }: { readonly provider: string; readonly email: string },
): Answer => {
  const words = mobileWords[languageOf(frame.handoff)];
  const intro = words.codeIntro(provider, isolated(email));
  return framed(frame, words, words.enterCode, codeContent({ ...valuesOf(frame, words), intro }));
};

const endContent = template(`<h1><%= it.title %></h1>
<p role="alert"><%= it.text %></p>
`);

/** A page where nothing goes on. */
export const endPage = (
  status: number,
  language: PageLanguage,
  { text, headers = {} }: { readonly text: string; readonly headers?: Readonly<Record<string, string>> },
): Answer => {
  const title = mobileWords[language].cannotSignIn;
  return hostedPage({ status, language, title, headers, body: endContent({ title, text }) });
};

const framed = (
  { status, handoff, headers, problems }: PageFrame,
  words: MobileWords,
  title: string,
  body: string,
): Answer =>
  hostedPage({
    status,
    body,
    headers,
    language: languageOf(handoff),
    title: problems.length > 0 ? words.errorTitle(title) : title,
    formTarget: formTargetOf(handoff.redirectUri),
  });

const valuesOf = ({ base, handoff, problems }: PageFrame, words: MobileWords) => ({
  base,
  words,
  problems,
  handoff: handoff.id,
  wrong: problems.flatMap((problem) => problem.field ?? []),
});

// Chromium applies `form-action` to what a form's answer redirects to.
const formTargetOf = (redirectUri: string): string => {
  const { protocol, origin } = new URL(redirectUri);
  return protocol === "https:" || protocol === "http:" ? origin : protocol;
};

/** What the app sent the browser with, and a provider: a link to it begins anew, with the same request. */
const startQuery = (
  { redirectUri, clientState, codeChallenge, language }: Handoff,
  provider: string,
): URLSearchParams =>
  new URLSearchParams({
    provider,
    redirect_uri: redirectUri,
    ...(clientState === undefined ? {} : { state: clientState }),
    ...(codeChallenge === undefined ? {} : { code_challenge: codeChallenge }),
    lang: language,
  });

/** An address keeps its own direction within a sentence (Unicode Bidirectional Algorithm, FSI and PDI). */
const isolated = (text: string): string => `\u2068${text}\u2069`;
