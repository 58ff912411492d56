import type { RealmId } from "#core/ids.js";
import type { LetterWriter, SmsWriter } from "#core/outbox/letter-writer.js";
import type { Channel } from "#core/outbox/message.js";
import type { KeptMessage, OutboxStore } from "#core/outbox/outbox-store.js";
import type { Clock } from "#core/ports.js";
import type { Answer, WireRequest } from "#http/answer.js";
import type { Endpoint } from "#http/mount.js";
import { template } from "#http/template.js";
import { WireRefusal } from "#http/wire-refusal.js";
import { hostedPage } from "./layout.js";

export interface DevInboxNeeds {
  readonly clock: Clock;
  readonly letters: LetterWriter;
  readonly texts: SmsWriter;
  /** Channels without a way out; what goes out by the others is not shown. */
  readonly readable: readonly Channel[];
  /** Those of every realm. */
  outboxes(): Promise<readonly { readonly realm: RealmId; readonly outbox: Pick<OutboxStore, "list"> }[]>;
}

/**
 * `GET /dev/inbox` and `/dev/inbox.json`: what would have been sent, by mail or SMS. Whoever reads it reads every code, so only this
 * machine may.
 */
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
  readonly realm: string;
  readonly channel: Channel;
  readonly to: string;
  readonly language: string;
  readonly kind: string;
  /** Of a mail, as `html`. */
  readonly subject?: string;
  readonly text: string;
  readonly html?: string;
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
  const { to } = request.query;
  // A plus that nobody has encoded is a blank in a query.
  const wanted = typeof to === "string" ? to.toLowerCase().replace(/^ /, "+") : undefined;
  const kept = await Promise.all(
    (await needs.outboxes()).map(async ({ realm, outbox }) =>
      (await outbox.list({ states: ["waiting", "dead"] }, shownAtMost)).map((message) => ({ realm, message })),
    ),
  );
  return kept
    .flat()
    .filter(({ message }) => needs.readable.includes(message.channel))
    .toSorted((one, other) => other.message.createdAt - one.message.createdAt)
    .slice(0, shownAtMost)
    .flatMap(({ realm, message }) => show(needs, realm, message))
    .filter((message) => wanted === undefined || message.to.toLowerCase() === wanted);
};

/** Nothing of a message whose secret is gone. */
const show = (needs: DevInboxNeeds, realm: RealmId, message: KeptMessage): readonly ShownMessage[] => {
  const { id, channel, content, createdAt, expiresAt } = message;
  if (content === undefined) return [];
  const { to, letter } = content;
  const { language, ...words } =
    channel === "mail"
      ? needs.letters.write(letter, message.language)
      : { language: message.language, text: needs.texts.write(letter, message.language) };
  return [
    {
      id,
      realm,
      channel,
      to,
      language,
      kind: letter.kind,
      ...words,
      created_at: new Date(createdAt).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
      state: needs.clock.now() < expiresAt ? "waiting" : "expired",
      ...("code" in letter ? { code: letter.code } : {}),
      ...("link" in letter ? { link: letter.link } : {}),
    },
  ];
};

const title = "Development inbox";

const content = template(`<h1><%= it.title %></h1>
<p>Without <code>SMTP_URL</code> no mail leaves this server, and without a gateway no SMS. What it would have sent waits here, the newest first; <a href="/dev/inbox.json">as JSON</a>.</p>
<% if (it.messages.length === 0) { %><p>There is nothing.</p>
<% } %><% for (const message of it.messages) { %><article lang="<%= message.language %>">
<% if (message.subject !== undefined) { %><h2 dir="auto"><%= message.subject %></h2>
<% } %><p lang="en"><%= message.channel === "sms" ? "SMS to" : "To" %> <bdi><%= message.to %></bdi> · <%= message.kind %> · realm <%= message.realm %> · <time><%= message.created_at %></time> · <%= message.state %></p>
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
