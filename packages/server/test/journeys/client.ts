import assert from "node:assert/strict";
import type { OutgoingHttpHeaders } from "node:http";
import { messages, type Text } from "#contracts/account/messages.js";
import type { SmtpSink, SunkMessage } from "../mail/smtp-sink.js";
import { nextAddress, request, type Response } from "../server/request.js";
import type { RunningServer } from "../server/start-server.js";

/** Where a client of the account contract was pointed, and how it speaks. */
export interface Place {
  readonly called: string;
  /** Below the server's address, without a slash at its end. */
  readonly prefix: string;
  /** As in its `Host` header, where the mount stands on a host name of its own. */
  readonly host?: string;
  /** Whether it writes its paths with their trailing slash. */
  readonly slash: boolean;
  /** What it registers its people with. */
  readonly language: "en" | "fa";
  /** The mount answers in the language of `Accept-Language`, else in English. */
  readonly isNegotiating?: true;
}

/** What an existing client of the contract sends. */
export interface Client {
  readonly place: Place;
  send(path: string, sent?: Sent): Promise<Response>;
  /** Sends it, and expects that status, this message in the client's language, and `data`, which it gives. */
  expect(status: number, message: keyof typeof messages, path: string, sent?: Sent): Promise<Data>;
  /** Sends it, and expects a refusal whose first words, of a field or of the whole, are these. */
  refused(status: number, message: keyof typeof messages, path: string, sent?: Sent): Promise<void>;
}

export interface Sent {
  readonly method?: string;
  readonly json?: unknown;
  readonly key?: string;
  readonly headers?: OutgoingHttpHeaders;
}
export type Data = Readonly<Record<string, unknown>>;

export function clientOf(server: RunningServer, place: Place): Client {
  const { prefix, host, slash, language, isNegotiating } = place;
  const address = nextAddress();
  const voice = isNegotiating === true ? language : "en";
  const send: Client["send"] = (path, { key, headers, ...sent } = {}) =>
    request(server.origin(prefix) + (slash ? path : path.replace(/\/$/, "")), {
      address,
      headers: {
        "accept-language": language === "fa" ? "fa-IR, fa;q=0.9" : "en-GB",
        ...(host === undefined ? {} : { host: `${host}:${server.port}` }),
        ...(key === undefined ? {} : { authorization: `Token ${key}` }),
        ...headers,
      },
      ...sent,
    });
  const textOf = (name: keyof typeof messages): string => {
    const text: unknown = messages[name];
    assert.ok(isText(text), `${name} is no fixed text`);
    return text[voice];
  };
  return {
    place,
    send,
    expect: async (status, message, path, sent) => {
      const answer = await send(path, sent);
      assert.equal(answer.status, status, `${path}: ${answer.text}`);
      assert.equal(member(answer.json, "message"), textOf(message), path);
      const data = member(answer.json, "data");
      return typeof data === "object" && data !== null ? { ...data } : {};
    },
    refused: async (status, message, path, sent) => {
      const answer = await send(path, sent);
      assert.equal(answer.status, status, `${path}: ${answer.text}`);
      const [first] = member(answer.json, "errors") as readonly unknown[];
      assert.equal(member(first ?? answer.json, "message"), textOf(message), path);
    },
  };
}

/** The newest letter of the sink to this address, once so many have come to it. */
export async function letterTo(sink: SmtpSink, email: string, count: number): Promise<SunkMessage> {
  const letters = () => sink.messages.filter(({ to }) => to.includes(email));
  while (letters().length < count) await sink.waitFor(sink.messages.length + 1);
  const letter = letters().at(count - 1);
  assert.ok(letter !== undefined);
  return letter;
}

/** The code that a person reads in a letter. */
export function codeIn({ mail }: SunkMessage): string {
  const [, code] = /^\s*(\d{6})\s*$/m.exec(mail.text ?? "") ?? [];
  assert.ok(code !== undefined, mail.text);
  return code;
}

/** A letter in the language of its reader: Persian from right to left. */
export function assertWrittenIn({ mail }: SunkMessage, language: "en" | "fa"): void {
  const isPersian = /\p{Script=Arabic}/u;
  assert.equal(isPersian.test(mail.subject ?? ""), language === "fa", mail.subject);
  assert.equal(isPersian.test(mail.text ?? ""), language === "fa", mail.text);
  assert.match(mail.html ?? "", language === "fa" ? /<html lang="fa" dir="rtl">/ : /<html lang="en" dir="ltr">/);
}

export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function isText(text: unknown): text is Text {
  return typeof member(text, "en") === "string" && typeof member(text, "fa") === "string";
}
