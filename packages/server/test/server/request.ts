import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request as send } from "node:http";

export interface RequestOptions {
  /** `GET`, or `POST` when something is sent. */
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as it is. */
  readonly body?: string | Uint8Array;
  /** Sent as JSON, with its content type unless `headers` name another. */
  readonly json?: unknown;
  /** In place of the URL's path and query, as it is to stand in the request line. */
  readonly path?: string;
  /** The loopback address to call from, as in `127.3.0.9`: limits count per address. */
  readonly address?: string;
  readonly signal?: AbortSignal;
}

export interface Response {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body when it is JSON, by its content type; `undefined` otherwise. */
  readonly json: unknown;
}

const answersWithin = 30_000;

/** One request on a connection of its own. Rejects when no whole answer comes. */
export function request(url: string | URL, options: RequestOptions = {}): Promise<Response> {
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  const headers: OutgoingHttpHeaders = {
    ...(options.json === undefined ? {} : { "content-type": "application/json" }),
    ...options.headers,
  };
  if (body !== undefined && !Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name))) {
    headers["content-length"] = Buffer.byteLength(body);
  }
  return new Promise((resolve, reject) => {
    const outgoing = send(
      url,
      {
        method: options.method ?? (body === undefined ? "GET" : "POST"),
        headers,
        agent: false,
        ...(options.path === undefined ? {} : { path: options.path }),
        ...(options.address === undefined ? {} : { localAddress: options.address }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on("data", (piece: Buffer) => pieces.push(piece));
        incoming.once("error", reject);
        incoming.once("end", () => {
          const text = Buffer.concat(pieces).toString("utf8");
          try {
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              json: parse(incoming.headers, text),
            });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    outgoing.setTimeout(answersWithin, () =>
      outgoing.destroy(new Error(`no answer from ${url} within ${answersWithin} ms`)),
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** A loopback address of one's own: each call gives the next, so that no test spends another's limits. */
export function nextAddress(): string {
  given += 1;
  const offset = given % (254 * 254);
  return `127.${(process.pid % 200) + 20}.${Math.floor(offset / 254) + 1}.${(offset % 254) + 1}`;
}
let given = 0;

function parse(headers: IncomingHttpHeaders, text: string): unknown {
  return text !== "" && /^application\/(?:[\w.-]+\+)?json\b/.test(headers["content-type"] ?? "")
    ? JSON.parse(text)
    : undefined;
}
