import type { Answer } from "#http/answer.js";
import { template } from "#http/template.js";

/** Where the style sheet of all pages is served, on every host. */
export const stylesheetPath = "/hosted.css";

/** Languages of the pages. */
export type PageLanguage = "en" | "fa";

export interface HostedPage {
  readonly status: number;
  readonly language: PageLanguage | "ru";
  readonly title: string;
  /** HTML, made by a template. */
  readonly body: string;
  /** Where a form may lead beside this origin, as the content security policy writes it: browsers hold redirects to it too. */
  readonly formTarget?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server-rendered page: works without JavaScript, carries no script, loads nothing from elsewhere. */
export const hostedPage = ({ status, language, title, body, formTarget, headers }: HostedPage): Answer => ({
  status,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": [
      "default-src 'none'",
      "style-src 'self'",
      `form-action 'self'${formTarget === undefined ? "" : ` ${formTarget}`}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    ...headers,
  },
  body: layout({ language, title, body, direction: directions[language], stylesheet: stylesheetPath }),
});

const directions: Readonly<Record<HostedPage["language"], string>> = { en: "ltr", fa: "rtl", ru: "ltr" };

const layout = template(`<!doctype html>
<html lang="<%= it.language %>" dir="<%= it.direction %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title><%= it.title %></title>
<link rel="stylesheet" href="<%= it.stylesheet %>">
</head>
<body>
<main>
<%~ it.body %></main>
</body>
</html>
`);

const stylesheet = `body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
main { max-width: 28rem; margin: 10vh auto 2rem; padding: 0 1rem; }
label, input, button, .button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
input, button, .button { padding: .6rem; margin: .3rem 0 1rem; border: 1px solid #6b6b6b; border-radius: .3rem; }
input[aria-invalid] { border: 2px solid #9c1c1c; }
button { background: #14418b; color: #fff; border-color: #14418b; }
.button, button.quiet { background: #fff; color: #14418b; border-color: #14418b; text-align: center; text-decoration: none; }
:focus-visible { outline: 3px solid #c27c0e; outline-offset: 2px; }
[role="alert"] { color: #9c1c1c; }
.summary { border: 2px solid #9c1c1c; border-radius: .3rem; padding: .6rem 1rem; margin: 1rem 0; }
.summary h2 { font-size: 1.1rem; margin: 0; }
.summary a { color: inherit; }
ul { list-style: none; padding: 0; margin: 0; }
article { border-top: 1px solid #6b6b6b; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f0f3f8; padding: .6rem; }
`;

export const stylesheetAnswer = (): Answer => ({
  status: 200,
  headers: { "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=3600" },
  body: stylesheet,
});
