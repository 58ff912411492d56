import { startSink } from "../mail/smtp-sink.js";
import { startSmsSink } from "../sms/sms-sink.js";
import { poll } from "../server/poll.js";

/** What a person reads in his mailbox and on his phone: a real SMTP server and a real SMS gateway. */
export interface Post {
  /** For a server that sends there. */
  readonly env: Readonly<Record<string, string>>;
  /** How many texts with a code have come to the address or number. */
  codesTo(to: string): number;
  /** The newest code to it, once more than `known` have come. */
  newCode(to: string, known: number): Promise<string>;
  /** The newest link to it, once more than `known` have come. */
  newLink(to: string, known: number): Promise<URL>;
  linksTo(to: string): number;
  close(): Promise<void>;
}

const comesWithin = 30_000;

export async function startPost(): Promise<Post> {
  const mail = await startSink();
  const sms = await startSmsSink();
  const texts = new Map<string, string[]>();
  const read = { mail: 0, sms: 0 };
  const put = (to: string, text: string): void => {
    texts.set(to, [...(texts.get(to) ?? []), text]);
  };
  const textsTo = (to: string): readonly string[] => {
    for (const { to: recipients, mail: letter } of mail.messages.slice(read.mail))
      for (const recipient of recipients) put(recipient, letter.text ?? "");
    read.mail = mail.messages.length;
    for (const { fields } of sms.requests.slice(read.sms)) put(String(fields["to"]), String(fields["text"]));
    read.sms = sms.requests.length;
    return texts.get(to) ?? [];
  };
  const codes = (to: string): readonly string[] => textsTo(to).flatMap((text) => /^\d{6}$/m.exec(text)?.[0] ?? []);
  const links = (to: string): readonly string[] =>
    textsTo(to).flatMap((text) => /https?:\/\/\S+/.exec(text)?.[0] ?? []);
  const newest = (what: string, find: () => readonly string[], known: number): Promise<string> =>
    poll(what, comesWithin, async () => {
      const found = find();
      return found.length > known ? found.at(-1) : undefined;
    });
  return {
    env: {
      SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      MAIL_FROM: "Example <no-reply@example.org>",
      SMS_URL: sms.url,
    },
    codesTo: (to) => codes(to).length,
    newCode: (to, known) => newest(`a code to ${to}`, () => codes(to), known),
    newLink: async (to, known) => new URL(await newest(`a link to ${to}`, () => links(to), known)),
    linksTo: (to) => links(to).length,
    close: async () => {
      await mail.close();
      await sms.close();
    },
  };
}
