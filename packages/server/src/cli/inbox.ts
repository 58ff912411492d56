import type { MessageId } from "#core/ids.js";
import type { KeptMessage } from "#core/outbox/outbox-store.js";
import { retryMessage } from "#core/outbox/retry-message.js";
import { type Administration, readableChannels } from "#src/compose.js";
import { type Command, CommandRefused } from "./command.js";
import { chooseRealms } from "./find-realm.js";
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
      const states = call.options.has("dead") ? (["dead"] as const) : (["waiting", "dead"] as const);
      const ofRealms = await Promise.all(
        (await chooseRealms(administration, undefined)).map(async ({ id, stores }) =>
          (await stores.outbox.list({ states }, shownAtMost + 1)).map((message) => ({ realm: id, message })),
        ),
      );
      const found = ofRealms.flat().toSorted((one, other) => other.message.createdAt - one.message.createdAt);
      const hasMore = found.length > shownAtMost;
      const now = administration.clock.now();
      const rows = found.slice(0, shownAtMost).map(({ realm, message }) => ({
        realm,
        message,
        state: stateOf(message, now),
        text: textOf(administration, message),
      }));
      return {
        lines: [
          ...(rows.length === 0
            ? ["There is no such message."]
            : inColumns(
                [
                  "message",
                  "realm",
                  "channel",
                  "state",
                  "kind",
                  "to",
                  "made",
                  "good until",
                  "tries",
                  "next try",
                  "last failure",
                ],
                rows.map(({ realm, message, state }) => [
                  message.id,
                  realm,
                  message.channel,
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
          messages: rows.map(({ realm, message, state, text }) => ({
            messageId: message.id,
            realm,
            channel: message.channel,
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

/** Without a way out nobody buries what is over. */
const stateOf = ({ state, expiresAt }: KeptMessage, now: number): string =>
  state === "waiting" && expiresAt <= now ? "over" : state;

const textOf = (administration: Administration, { channel, content, language }: KeptMessage): string | undefined => {
  if (content === undefined || !readableChannels(administration).includes(channel)) return undefined;
  const { letters, texts } = administration;
  return channel === "mail" ? letters.write(content.letter, language).text : texts.write(content.letter, language);
};

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
      const { transaction } = await realmOf(administration, id);
      const origin = operatorOrigin(administration);
      const retried = await retryMessage({ clock: administration.clock, transaction }, { id, origin });
      if (retried.kind === "refused") throw new CommandRefused(refusals[retried.why]);
      return {
        lines: [`Message ${id} waits again, until ${time(retried.expiresAt)}.`],
        json: { messageId: id, state: "waiting", expiresAt: time(retried.expiresAt) },
      };
    }),
};

/** The one that has the message; the first one, where it is unknown, when none has. */
const realmOf = async (administration: Administration, id: MessageId): Promise<Pick<Administration, "transaction">> => {
  for (const realm of await chooseRealms(administration, undefined))
    if ((await realm.stores.outbox.find(id)) !== undefined) return realm;
  return administration;
};

const refusals = {
  unknown: "no message has this id; `trilithon inbox` lists them",
  "not-dead": "the message is not dead: it waits, or was sent",
  over: "the code or link in the message is good no more: its reader has to ask for another",
  unreadable: "the message cannot be unsealed: its secret is not in SECRET_KEY any more",
} as const;
