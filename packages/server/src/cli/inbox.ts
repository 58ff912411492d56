import type { MessageId } from "#core/ids.js";
import type { KeptMessage } from "#core/outbox/outbox-store.js";
import { retryMessage } from "#core/outbox/retry-message.js";
import type { Administration } from "#src/compose.js";
import { type Command, CommandRefused } from "./command.js";
import { inColumns, time, timeOrNull } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { withAdministration } from "./with-administration.js";

const shownAtMost = 200;

/** Messages on their way. What they say is shown in development alone, where the inbox shows it too. */
export const inbox: Command = {
  name: "inbox",
  summary: "List the messages that wait or are dead, newest first",
  takes: [],
  options: [{ form: "--dead", sentence: "only those that are not sent any more" }],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const { outbox } = administration.stores;
      const states = call.options.has("dead") ? (["dead"] as const) : (["waiting", "dead"] as const);
      const found = await outbox.list({ states }, shownAtMost + 1);
      const messages = found.slice(0, shownAtMost);
      const hasMore = found.length > shownAtMost;
      const now = administration.clock.now();
      const rows = messages.map((message) => ({
        message,
        state: stateOf(message, now),
        text: textOf(administration, message),
      }));
      return {
        lines: [
          ...(rows.length === 0
            ? ["There is no such message."]
            : inColumns(
                ["message", "state", "kind", "to", "made", "good until", "tries", "next try", "last failure"],
                rows.map(({ message, state }) => [
                  message.id,
                  state,
                  message.kind,
                  message.content?.to,
                  time(message.createdAt),
                  time(message.expiresAt),
                  message.attempts,
                  state === "waiting" ? time(message.dueAt) : undefined,
                  message.error,
                ]),
              )),
          ...(hasMore ? [`These are the newest ${shownAtMost}; there are more.`] : []),
          ...rows.flatMap(({ message, text }) =>
            text === undefined ? [] : ["", `${message.id}:`, ...text.trimEnd().split("\n")],
          ),
        ],
        json: {
          messages: rows.map(({ message, state, text }) => ({
            messageId: message.id,
            state,
            kind: message.kind,
            to: message.content?.to ?? null,
            language: message.language,
            accountId: message.accountId ?? null,
            createdAt: time(message.createdAt),
            expiresAt: time(message.expiresAt),
            attempts: message.attempts,
            dueAt: time(message.dueAt),
            finishedAt: timeOrNull(message.finishedAt),
            error: message.error,
            ...(text === undefined ? {} : { text }),
          })),
          hasMore,
        },
      };
    }),
};

/** Without a mail server nobody buries what is over. */
const stateOf = ({ state, expiresAt }: KeptMessage, now: number): string =>
  state === "waiting" && expiresAt <= now ? "over" : state;

const textOf = ({ settings, letters }: Administration, { content, language }: KeptMessage): string | undefined =>
  settings.smtp === undefined && !settings.isProduction && content !== undefined
    ? letters.write(content.letter, language).text
    : undefined;

/** Has a dead message sent after all, by whichever server serves the database. */
export const inboxRetry: Command = {
  name: "inbox retry",
  summary: "Send a dead message after all",
  takes: [{ form: "<id>", sentence: "the message's id, as `inbox` lists it" }],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      // Whatever it is, it is only looked up.
      const id = (call.given[0] ?? "").trim() as MessageId;
      const retried = await retryMessage(administration, { id, origin: operatorOrigin(administration) });
      if (retried.kind === "refused") throw new CommandRefused(refusals[retried.why]);
      return {
        lines: [`Message ${id} waits again, until ${time(retried.expiresAt)}.`],
        json: { messageId: id, state: "waiting", expiresAt: time(retried.expiresAt) },
      };
    }),
};

const refusals = {
  unknown: "no message has this id; `trilithon inbox` lists them",
  "not-dead": "the message is not dead: it waits, or was sent",
  over: "the code or link in the message is good no more: its reader has to ask for another",
  unreadable: "the message cannot be unsealed: its secret is not in SECRET_KEY any more",
} as const;
