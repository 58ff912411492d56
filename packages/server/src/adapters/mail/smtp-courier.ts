import type { Readable } from "node:stream";
import { domainToASCII } from "node:url";
import { createTransport } from "nodemailer";
import { scrub } from "#adapters/system/scrub.js";
import type { Courier, Delivery } from "#core/outbox/courier.js";
import type { LetterWriter } from "#core/outbox/letter-writer.js";
import type { LeasedMessage } from "#core/outbox/outbox-store.js";
import type { Clock } from "#core/ports.js";

export interface SmtpCourierNeeds {
  readonly clock: Clock;
  readonly letters: LetterWriter;
  readonly from: { readonly name: string; readonly address: string };
  readonly server: SmtpServer;
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `implicit`: from the first byte. `required`: by STARTTLS or not at all. `offered`: by STARTTLS where the server has it. */
  readonly tls: "implicit" | "required" | "offered" | "none";
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** Milliseconds for which each of the server's answers is awaited. */
  readonly answersIn: number;
  /** Connections at once at most. */
  readonly connections: number;
}

export interface SmtpCourier extends Courier {
  /** Connects, greets, signs in and sends nothing: `ok`, or what is wrong. Never throws. */
  check(): Promise<string>;
  /** What is under way ends now, failed or unknown; nothing is sent any more. */
  close(): void;
}

/** Milliseconds for one attempt, whatever the server does in them. */
const attemptIn = 240_000;
/** Milliseconds after which an idle connection is given back. */
const idleIn = 30_000;
const checkAnswersIn = 10_000;

/** Hands messages to one SMTP server over a few connections that are kept for the next message. */
export const createSmtpCourier = ({ clock, letters, from, server }: SmtpCourierNeeds): SmtpCourier => {
  const transport = createTransport({
    ...optionsOf(server, server.answersIn),
    pool: true,
    maxConnections: server.connections,
    idleTimeout: idleIn,
    // A connection that the server had ended before a byte of the message went out: once more over another.
    maxRequeues: 1,
  });
  const contents = new Map<string, Readable>();
  transport.use("stream", (mail, done) => {
    mail.message?.processFunc((content) => {
      contents.set(mail.message?.messageId() ?? "", content);
      return content;
    });
    done();
  });
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  const closing = new AbortController();
  return {
    channel: "mail",
    gateway: "",
    attemptIn,
    async send(message) {
      const to = asAddress(message.to);
      if (to === undefined) return { kind: "refused", error: "the recipient is no e-mail address" };
      if (closing.signal.aborted) return { kind: "failed", error: "the server is stopping" };
      const messageId = `<${message.id}@${domain}>`;
      const { signal, release } = limitTo(message.expiresAt - clock.now(), closing.signal);
      try {
        await transport.sendMail({ ...mailOf(message), from, messageId, ...recipient(to), signal });
        return { kind: "sent" };
      } catch (error) {
        return judge(error, contents.get(messageId)?.readableDidRead === true);
      } finally {
        release();
        contents.delete(messageId);
      }
    },
    async check() {
      const once = createTransport(optionsOf(server, Math.min(server.answersIn, checkAnswersIn)));
      try {
        await once.verify();
        return "ok";
      } catch (error) {
        return wordsOf(error);
      } finally {
        once.close();
      }
    },
    close() {
      closing.abort();
      transport.close();
    },
  };

  function recipient(to: string) {
    return { to: { name: "", address: to }, envelope: { from: from.address, to: [to] } };
  }

  function mailOf({ letter, language, createdAt }: LeasedMessage) {
    const written = letters.write(letter, language);
    return {
      subject: written.subject,
      text: written.text,
      html: written.html,
      date: new Date(createdAt),
      // RFC 3834: no holiday notices in return.
      headers: { "Auto-Submitted": "auto-generated", "Content-Language": written.language },
      xMailer: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as const;
  }
};

const optionsOf = ({ host, port, tls, credentials }: SmtpServer, answersIn: number) => ({
  host,
  port,
  secure: tls === "implicit",
  requireTLS: tls === "required",
  ignoreTLS: tls === "none",
  tls: { minVersion: "TLSv1.2", rejectUnauthorized: true } as const,
  ...(credentials === undefined ? {} : { auth: { user: credentials.user, pass: credentials.password } }),
  dnsTimeout: answersIn,
  greetingTimeout: answersIn,
  socketTimeout: answersIn,
  // From the look-up of the name to the end of STARTTLS: several answers.
  connectionTimeout: 2 * answersIn,
});

/** What stands in no envelope and no header is in no address: `parseEmail` has let nothing else in. */
const asAddress = (text: string): string | undefined => {
  const [, local, domain] =
    /^([^\s<>"(),:;@\\[\]\p{Cc}\p{Cf}]{1,64})@([^\s<>"(),:;@\\[\]\p{Cc}\p{Cf}]{1,255})$/u.exec(text) ?? [];
  const ascii = domainToASCII(domain ?? "");
  return local === undefined || ascii === "" ? undefined : `${local}@${ascii}`;
};

/** A signal that ends an attempt; `release` lets go of its timer. */
const limitTo = (expiresIn: number, closing: AbortSignal) => {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const timer = setTimeout(end, Math.max(0, Math.min(attemptIn, expiresIn)));
  closing.addEventListener("abort", end, { once: true });
  return {
    signal: controller.signal,
    release: (): void => {
      clearTimeout(timer);
      closing.removeEventListener("abort", end);
    },
  };
};

/**
 * What an error of nodemailer means for its message. The server's own answer decides where there is one; without, everything depends on
 * whether the message's text had begun to go out, which a server does not accept before its end.
 */
const judge = (error: unknown, wasBegun: boolean): Delivery => {
  const words = wordsOf(error);
  const { code, responseCode } = partsOf(error);
  const isAboutMessage = code === "EENVELOPE" || code === "EMESSAGE";
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 600)
    return { kind: isAboutMessage && isForGood(responseCode) ? "refused" : "failed", error: words };
  if (wasBegun) return { kind: "unknown", error: words };
  // Nobody was asked: nodemailer itself found the envelope wrong.
  return { kind: isAboutMessage ? "refused" : "failed", error: words };
};

/** 503 is about the order of commands and 530 about signing in or TLS: the next connection, or the operator, may mend them. */
const isForGood = (responseCode: number): boolean =>
  responseCode >= 500 && responseCode !== 503 && responseCode !== 530;

const partsOf = (error: unknown): { readonly code?: unknown; readonly responseCode?: number } => {
  if (!(error instanceof Error)) return {};
  return {
    ...("code" in error ? { code: error.code } : {}),
    ...("responseCode" in error && typeof error.responseCode === "number" ? { responseCode: error.responseCode } : {}),
  };
};

const longestWords = 300;

/** A server's answer may quote the recipient. */
const wordsOf = (error: unknown): string =>
  scrub(error instanceof Error ? error.message : "unknown").slice(0, longestWords);
