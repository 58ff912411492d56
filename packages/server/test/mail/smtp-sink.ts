import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { poll } from "../server/poll.js";

/** A message that the sink has accepted. */
export interface SunkMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
}

export interface SinkOptions {
  /** Beside those of an open server without STARTTLS. */
  readonly server?: SMTPServerOptions;
  /** Milliseconds before each of its answers: to the connection, `MAIL`, `RCPT` and the end of `DATA`. */
  readonly answersAfter?: number;
  /** What it answers to `RCPT`, as in `450 busy`; lets it without. */
  rcpt?(address: string): string | undefined;
  /** What it answers to the whole message. */
  data?(message: SunkMessage): string | undefined;
  readonly port?: number;
  /** `127.0.0.1` without. */
  readonly host?: string;
}

/** A real SMTP server that keeps what it is sent. */
export interface SmtpSink {
  readonly port: number;
  /** In the order in which it accepted them. */
  readonly messages: readonly SunkMessage[];
  /** How many connections it had. */
  readonly connections: number;
  /** Resolves with them once that many are there. */
  waitFor(count: number): Promise<readonly SunkMessage[]>;
  close(): Promise<void>;
}

const comesWithin = 30_000;

export async function startSink(options: SinkOptions = {}): Promise<SmtpSink> {
  const messages: SunkMessage[] = [];
  let connections = 0;
  const answer = async (refusal: string | undefined, callback: (error?: Error | null) => void): Promise<void> => {
    if (options.answersAfter !== undefined) await delay(options.answersAfter, undefined, { ref: false });
    callback(refusal === undefined ? null : refused(refusal));
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onAuth: ({ username, password }, _session, callback) =>
      password === "right" ? callback(null, { user: username }) : callback(new Error("wrong password")),
    onConnect: (_session, callback) => {
      connections += 1;
      void answer(undefined, callback);
    },
    onMailFrom: (_address, _session, callback) => void answer(undefined, callback),
    onRcptTo: ({ address }, _session, callback) => void answer(options.rcpt?.(address), callback),
    onData: (stream, session, callback) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.once("end", () => {
        const raw = Buffer.concat(pieces).toString("latin1");
        void PostalMime.parse(Buffer.concat(pieces)).then(async (mail) => {
          const { mailFrom, rcptTo } = session.envelope;
          const message: SunkMessage = {
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            raw,
            mail,
            isEncrypted: session.secure,
            user: session.user === undefined ? undefined : String(session.user),
          };
          const refusal = options.data?.(message);
          if (refusal === undefined && !stream.sizeExceeded) messages.push(message);
          await answer(refusal, callback);
        });
      });
    },
    ...options.server,
  });
  // A client that goes away in the middle of something is what the tests are about.
  server.on("error", () => {});
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    const listener = server.listen(options.port ?? 0, options.host ?? "127.0.0.1", () =>
      resolve((listener.address() as AddressInfo).port),
    );
  });
  return {
    port,
    messages,
    get connections() {
      return connections;
    },
    waitFor: (count) =>
      poll(`${count} messages`, comesWithin, async () => (messages.length >= count ? messages : undefined)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** `450 busy` as the error that makes the server say so. */
function refused(answer: string): Error {
  const [, code = "", text = ""] = /^(\d{3}) (.*)$/.exec(answer) ?? [];
  return Object.assign(new Error(text), { responseCode: Number(code) });
}

/** A way to the sink that breaks where it is told to. */
export interface BrokenWay {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Passes on what the client says until it fits; the server hears that too, but from then on no answer of it reaches the client: the
 * connection is cut, or silent.
 */
export function breakWay(toPort: number, at: RegExp | "connection", how: "cut" | "silence"): Promise<BrokenWay> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(toPort, "127.0.0.1");
    let said = "";
    let isBroken = at === "connection";
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    client.on("data", (piece) => {
      said += piece.toString("latin1");
      isBroken ||= at !== "connection" && at.test(said);
      upstream.write(piece);
    });
    // Cut when the server has answered: so it has heard, and done, what was said.
    upstream.on("data", (piece) => {
      if (!isBroken) client.write(piece);
      else if (how === "cut") client.destroy();
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => closed());
          }),
      }),
    );
  });
}
