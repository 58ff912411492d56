import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { poll } from "../server/poll.js";

/** A request that the sink has read to its end, whatever it answered. */
export interface SunkRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The fields of JSON or a form; of the query where there is no body. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a gateway does with a message that it has read. */
export type Behaviour =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** Says nothing. */
  | "stall"
  /** Hangs up. */
  | "cut"
  /** Begins a 200 whose body has no end: as fast as it is read, or a byte a moment. */
  | "flood"
  | "drip"
  /** Hangs up within the body of a 200. */
  | "cut-body";

/** A real HTTP gateway that keeps what it is sent. */
export interface SmsSink {
  readonly port: number;
  readonly url: string;
  /** In the order in which it read them. */
  readonly requests: readonly SunkRequest[];
  /** How many connections it had. */
  readonly connections: number;
  /** Bytes of answers that were written. */
  readonly written: number;
  /** Resolves with them once that many are there. */
  waitFor(count: number): Promise<readonly SunkRequest[]>;
  close(): Promise<void>;
}

export interface SmsSinkOptions {
  /** Accepts without. */
  behave?(request: SunkRequest, index: number): Behaviour;
  readonly port?: number;
}

const comesWithin = 30_000;

export async function startSmsSink(options: SmsSinkOptions = {}): Promise<SmsSink> {
  const requests: SunkRequest[] = [];
  const count = { connections: 0, written: 0 };
  const server = createServer((incoming, answer) => {
    void (async () => {
      const request = await readRequest(incoming);
      requests.push(request);
      await act(options.behave?.(request, requests.length - 1) ?? { status: 202 }, answer, count);
    })().catch(() => answer.destroy());
  });
  server.on("connection", (socket) => {
    count.connections += 1;
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  // Of a server that listens on a port.
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${String(bound)}/send`,
    requests,
    get connections() {
      return count.connections;
    },
    get written() {
      return count.written;
    },
    waitFor: (many) =>
      poll(`${String(many)} SMS`, comesWithin, async () => (requests.length >= many ? requests : undefined)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SunkRequest> {
  const pieces: Buffer[] = [];
  // A stream without an encoding gives buffers.
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces).toString("utf8");
  const { method = "", url = "", headers } = incoming;
  const type = headers["content-type"] ?? "";
  const query = new URL(url, "http://sink").searchParams;
  const fields: Readonly<Record<string, unknown>> = /json/.test(type)
    ? (JSON.parse(body) as Readonly<Record<string, unknown>>)
    : Object.fromEntries(/form/.test(type) ? new URLSearchParams(body) : query);
  return { method, path: url, headers, body, fields };
}

async function act(behaviour: Behaviour, answer: ServerResponse, count: { written: number }): Promise<void> {
  if (behaviour === "stall") return;
  if (behaviour === "cut") {
    answer.socket?.destroy();
    return;
  }
  if (typeof behaviour === "object") {
    const { status, body, headers = {} } = behaviour;
    answer.writeHead(status, { "content-type": "application/json", ...headers });
    answer.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
    return;
  }
  answer.writeHead(200, { "content-type": "application/json" });
  const piece = behaviour === "flood" ? "x".repeat(65_536) : "x";
  const { socket } = answer;
  while (socket !== null && !socket.destroyed) {
    const isTaken = answer.write(piece);
    count.written += piece.length;
    if (behaviour === "cut-body") {
      await delay(20);
      socket.destroy();
    } else if (behaviour === "drip") await delay(50);
    else if (!isTaken && !socket.destroyed)
      await new Promise<void>((resolve) => {
        answer.once("drain", resolve);
        socket.once("close", resolve);
      });
  }
}
