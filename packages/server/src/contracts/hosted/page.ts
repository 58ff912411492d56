import type { Answer } from "#http/answer.js";
import { template } from "#http/template.js";
import { hostedPage } from "./layout.js";
import { messages } from "./messages.js";

const content = template(`<h1><%= it.title %></h1>
<% for (const text of it.texts) { %><p role="<%= it.role %>"><%= text %></p>
<% } %><% if (it.token !== undefined) { %><form method="post" action="<%= it.action %>">
<input type="hidden" name="token" value="<%= it.token %>">
<label for="password"><%= it.label %></label>
<input id="password" name="password" type="password" autocomplete="new-password" required>
<button type="submit"><%= it.submit %></button>
</form>
<% } %>`);

/** Where a reset link leads. */
export const resetPasswordPath = "/reset-password";

export interface PageContent {
  readonly status: number;
  readonly texts: readonly string[];
  readonly role: "alert" | "status";
  /** With a token the page is the form. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The page on which a password is reset. */
export const page = ({ status, texts, role, token, headers = {} }: PageContent): Answer =>
  hostedPage({
    status,
    headers,
    language: "en",
    title: messages.title,
    body: content({
      texts,
      role,
      token,
      title: messages.title,
      label: messages.label,
      submit: messages.submit,
      action: resetPasswordPath,
    }),
  });
