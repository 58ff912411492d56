import type { Answer } from "#http/answer.js";
import { template } from "#http/template.js";
import { messages } from "./messages.js";

// The pages carry no script at all.
const layout = template(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title><%= it.title %></title>
<link rel="stylesheet" href="<%= it.stylesheet %>">
</head>
<body>
<main>
<h1><%= it.title %></h1>
<% for (const text of it.texts) { %><p role="<%= it.role %>"><%= text %></p>
<% } %><% if (it.token !== undefined) { %><form method="post" action="<%= it.action %>">
<input type="hidden" name="token" value="<%= it.token %>">
<label for="password"><%= it.label %></label>
<input id="password" name="password" type="password" autocomplete="new-password" required>
<button type="submit"><%= it.submit %></button>
</form>
<% } %></main>
</body>
</html>
`);

const stylesheet = `body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
main { max-width: 28rem; margin: 15vh auto 0; padding: 0 1rem; }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
input, button { padding: .6rem; margin: .3rem 0 1rem; border: 1px solid #6b6b6b; border-radius: .3rem; }
button { background: #14418b; color: #fff; border-color: #14418b; }
[role="alert"] { color: #9c1c1c; }
article { border-top: 1px solid #6b6b6b; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f0f3f8; padding: .6rem; }
`;

/** Where the pages' style sheet is served. */
export const stylesheetPath = "/hosted.css";
/** Where a reset link leads. */
export const resetPasswordPath = "/reset-password";

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

export interface PageContent {
  readonly status: number;
  readonly texts: readonly string[];
  readonly role: "alert" | "status";
  /** With a token the page is the form. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server-rendered page: works without JavaScript, loads nothing from elsewhere. */
export const page = ({ status, texts, role, token, headers }: PageContent): Answer => ({
  status,
  headers: { ...pageHeaders, ...headers },
  body: layout({
    texts,
    role,
    token,
    title: messages.title,
    label: messages.label,
    submit: messages.submit,
    stylesheet: stylesheetPath,
    action: resetPasswordPath,
  }),
});

export const stylesheetAnswer = (): Answer => ({
  status: 200,
  headers: { "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=3600" },
  body: stylesheet,
});
