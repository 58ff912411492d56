import type { LetterWriter } from "#core/outbox/letter-writer.js";
import type { KeptMessage } from "#core/outbox/outbox-store.js";
import type { Clock, Stores } from "#core/ports.js";
import type { Answer, WireRequest } from "#http/answer.js";
import type { Endpoint } from "#http/mount.js";
import { template } from "#http/template.js";
import { WireRefusal } from "#http/wire-refusal.js";
import { hostedPage } from "./layout.js";

export interface DevInboxNeeds {
  readonly clock: Clock;
  readonly stores: Pick<Stores, "outbox">;
  readonly letters: LetterWriter;
}

/** `GET /dev/inbox` and `/dev/inbox.json`: what would have been mailed. Whoever reads it reads every code, so only this machine may. */
export const devInboxEndpoints = (needs: DevInboxNeeds): readonly Endpoint[] => [
  {
    name: "dev-inbox",
    method: "GET",
    path: "/dev/inbox",
    answer: async (request) => page(await messagesFor(needs, request)),
  },
  {
    name: "dev-inbox-json",
    method: "GET",
    path: "/dev/inbox.json",
    answer: async (request) => ({
      status: 200,
      headers: { "cross-origin-resource-policy": "same-origin" },
      body: { messages: await messagesFor(needs, request) },
    }),
  },
];

/** What is shown of a message. */
interface ShownMessage {
  readonly id: string;
  readonly to: string;
  readonly language: string;
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly created_at: string;
  readonly expires_at: string;
  /** `expired`: its code is good no more. */
  readonly state: "waiting" | "expired";
  readonly code?: string;
  readonly link?: string;
}

const shownAtMost = 500;

const messagesFor = async (needs: DevInboxNeeds, request: WireRequest): Promise<readonly ShownMessage[]> => {
  if (!request.isLocal()) throw new WireRefusal("not-found", {});
  const to = typeof request.query["to"] === "string" ? request.query["to"].toLowerCase() : undefined;
  const kept = await needs.stores.outbox.list({ states: ["waiting", "dead"] }, shownAtMost);
  return kept
    .flatMap((message) => show(needs, message))
    .filter((message) => to === undefined || message.to.toLowerCase() === to);
};

/** Nothing of a message whose secret is gone. */
const show = ({ letters, clock }: DevInboxNeeds, message: KeptMessage): readonly ShownMessage[] => {
  const { id, content, createdAt, expiresAt } = message;
  if (content === undefined) return [];
  const { to, letter } = content;
  const { language, subject, text, html } = letters.write(letter, message.language);
  return [
    {
      id,
      to,
      language,
      kind: letter.kind,
      subject,
      text,
      html,
      created_at: new Date(createdAt).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
      state: clock.now() < expiresAt ? "waiting" : "expired",
      ...("code" in letter ? { code: letter.code } : {}),
      ...("link" in letter ? { link: letter.link } : {}),
    },
  ];
};

const title = "Development inbox";

const content = template(`<h1><%= it.title %></h1>
<p>Without <code>SMTP_URL</code> no message leaves this server. What it would have sent waits here, the newest first; <a href="/dev/inbox.json">as JSON</a>.</p>
<% if (it.messages.length === 0) { %><p>There is nothing.</p>
<% } %><% for (const message of it.messages) { %><article lang="<%= message.language %>">
<h2 dir="auto"><%= message.subject %></h2>
<p lang="en">To <bdi><%= message.to %></bdi> · <%= message.kind %> · <time><%= message.created_at %></time> · <%= message.state %></p>
<pre dir="auto"><%= message.text %></pre>
</article>
<% } %>`);

const page = (messages: readonly ShownMessage[]): Answer =>
  hostedPage({
    title,
    status: 200,
    language: "en",
    headers: { "cross-origin-resource-policy": "same-origin" },
    body: content({ title, messages }),
  });
