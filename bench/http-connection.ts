import { connect, type Socket } from "node:net";

/** The text of one HTTP/1.1 request as it goes over the wire. */
export const requestText = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): string => {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host: "127.0.0.1", ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
};

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: string;
}

/**
 * One connection that carries one request at a time, as little as HTTP/1.1 allows: a general client takes as much of the
 * shared processors as the server that is measured. It reads only answers that tell their length.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = "";
  #waiting: { readonly resolve: (answer: WireAnswer) => void; readonly reject: (error: Error) => void } | undefined;
  #end: Error | undefined;

  constructor(port: number, localAddress?: string) {
    this.#socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    this.#socket.setEncoding("utf8");
    this.#socket.on("data", (piece: string) => this.#receive(piece));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  exchange(request: string): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(piece: string): void {
    this.#received += piece;
    const headEnd = this.#received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    const body = this.#received.slice(headEnd + 4);
    if (!(Buffer.byteLength(body) >= length)) {
      if (Number.isNaN(length)) this.#socket.destroy(new Error(`an answer without its length: ${head}`));
      return;
    }
    this.#received = "";
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }

  #fail(error: Error): void {
    this.#end ??= error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}
