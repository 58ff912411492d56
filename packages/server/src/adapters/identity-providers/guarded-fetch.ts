import { type IncomingMessage, request as requestPlainly } from "node:http";
import { request as requestSecurely } from "node:https";
import type { CustomFetch, CustomFetchOptions } from "openid-client";
import { ProviderFault } from "./provider-fault.js";
import { assertMayReach, checkedLookup, type Reach } from "./reach.js";

/** In bytes; the largest answer of a real provider is a key set of a few kilobytes. */
const largestAnswer = 1024 * 1024;

/**
 * `fetch` towards a provider that may be hostile: to where `reach` allows, following no redirect, until `deadline`, at most 1 MiB, and
 * never unpacking anything.
 */
export const guardedFetch =
  (reach: Reach, deadline: AbortSignal): CustomFetch =>
  async (address, options) => {
    const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
    const { method, headers } = options;
    const answer = await guardedRequest(reach, {
      url: new URL(address),
      method,
      headers,
      body: bodyOf(options),
      signal,
    });
    const { status, type } = answer;
    const bytes = await answer.read();
    return new Response(bytes.length === 0 ? null : bytes, { status, headers: { "content-type": type } });
  };

export interface GuardedRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  /** From here on the other side may have got something. */
  onConnected?(): void;
}

/** The head of an answer. */
export interface GuardedAnswer {
  readonly status: number;
  readonly type: string;
  /** The rest; throws when it is too large, packed, or cut. */
  read(): Promise<Buffer<ArrayBuffer>>;
  /** Gives up the rest. */
  drop(): void;
}

/** One request as of `guardedFetch`, for callers to whom the head of an answer says something without the rest. */
export const guardedRequest = (reach: Reach, asked: GuardedRequest): Promise<GuardedAnswer> =>
  new Promise((resolve, reject) => {
    const { url, method, headers, signal } = asked;
    assertMayReach(reach, url);
    const isSecure = url.protocol === "https:";
    const outgoing = (isSecure ? requestSecurely : requestPlainly)(url, {
      method,
      headers: { ...headers, "accept-encoding": "identity" },
      // A connection of its own: a kept one could have been opened under another provider's rules.
      agent: false,
      lookup: checkedLookup(reach, url),
      signal,
    });
    outgoing.once("socket", (socket) =>
      socket.once(isSecure ? "secureConnect" : "connect", () => asked.onConnected?.()),
    );
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const drop = (): void => void outgoing.destroy();
      // Of an answer that nobody reads any more.
      outgoing.on("error", () => undefined);
      incoming.on("error", () => undefined);
      const status = incoming.statusCode ?? 0;
      const read = (): Promise<Buffer<ArrayBuffer>> => readAnswer(incoming).finally(drop);
      if (status >= 200 && status <= 599) resolve({ status, type: incoming.headers["content-type"] ?? "", read, drop });
      else {
        drop();
        reject(new ProviderFault("status-unknown"));
      }
    });
    outgoing.end(asked.body);
  });

const bodyOf = ({ body }: CustomFetchOptions): string | undefined => {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof URLSearchParams) return body.toString();
  throw new ProviderFault("body-not-text");
};

const readAnswer = async (incoming: IncomingMessage): Promise<Buffer<ArrayBuffer>> => {
  const { "content-encoding": encoding = "identity" } = incoming.headers;
  if (encoding !== "identity") throw new ProviderFault("answer-is-packed");
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of incoming) {
    // A stream without an encoding gives buffers.
    const bytes = piece as Buffer;
    size += bytes.length;
    if (size > largestAnswer) throw new ProviderFault("answer-too-large");
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
};
