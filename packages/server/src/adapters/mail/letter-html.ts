import { Eta } from "eta";

export interface LetterContent {
  readonly words: { readonly language: string; readonly direction: "ltr" | "rtl" };
  readonly subject: string;
  readonly before: readonly string[];
  readonly code: string | undefined;
  readonly link: string | undefined;
  readonly after: readonly string[];
  readonly closing: string;
}

const eta = new Eta({ autoEscape: true });

// Styles stand at the elements, and the direction at one within the body too: mail programs drop what is above.
const layout = eta.compile(`<!doctype html>
<html lang="<%= it.words.language %>" dir="<%= it.words.direction %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.subject %></title>
</head>
<body style="margin: 0; padding: 24px; background: #ffffff; color: #1a1a1a;">
<div lang="<%= it.words.language %>" dir="<%= it.words.direction %>" style="max-width: 520px; margin: 0 auto; text-align: <%= it.side %>; font: 16px/1.7 system-ui, -apple-system, 'Segoe UI', Tahoma, sans-serif;">
<% for (const text of it.before) { %><p style="margin: 0 0 16px;"><%= text %></p>
<% } %><% if (it.code !== undefined) { %><p dir="ltr" style="margin: 0 0 16px; padding: 12px; text-align: center; background: #f0f3f8; border-radius: 6px;"><bdi lang="en" style="font: bold 28px/1.3 ui-monospace, Menlo, Consolas, monospace; letter-spacing: 4px; user-select: all; -webkit-user-select: all;"><%= it.code %></bdi></p>
<% } %><% if (it.link !== undefined) { %><p dir="ltr" style="margin: 0 0 16px; text-align: <%= it.side %>; word-break: break-all;"><a href="<%= it.link %>" style="color: #14418b;"><%= it.link %></a></p>
<% } %><% for (const text of it.after) { %><p style="margin: 0 0 16px;"><%= text %></p>
<% } %><p style="margin: 24px 0 0; padding-top: 12px; border-top: 1px solid #d5d9e0; color: #5a6270; font-size: 13px;"><%= it.closing %></p>
</div>
</body>
</html>
`);

/** A letter as HTML, everything in it escaped. */
export const letterHtml = (content: LetterContent): string =>
  eta.render(layout, { ...content, side: content.words.direction === "rtl" ? "right" : "left" });
