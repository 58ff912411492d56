import type { Answer, SentHeaders, WireRequest } from "./answer.js";

/** One line of a contract's endpoint table. */
export interface Endpoint {
  /** How limits, logs and error tables call it. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the mount's prefix; a part such as `:id` stands for whatever is there. */
  readonly path: string;
  /** Asked every second by machines: what it answers is a state, not a failure, and would flood the records. */
  readonly isProbe?: true;
  answer(request: WireRequest): Promise<Answer>;
}

/** The request in which something was thrown, as far as the words of its answer may depend on it. */
export interface FailedRequest extends SentHeaders {
  /** Also the answer's `X-Request-Id`. */
  readonly requestId: string;
  /** Absent when none was reached. */
  readonly endpoint: string | undefined;
  /** What the mount's `admit` gave; `undefined` where a mount has none, or the request was not admitted. */
  readonly admitted: unknown;
}

/** A request of which nothing but its head has been read. */
export interface ArrivingRequest extends SentHeaders {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** The endpoint that it will reach, if it is admitted. */
  readonly endpoint: string | undefined;
  /** The client's. */
  readonly address: string;
}

/** A contract at its place: what the server needs to route requests to it and to speak failures as it speaks them. */
export interface Mount {
  readonly name: string;
  /** `""` for the root, else `/…` without a slash at the end. */
  readonly prefix: string;
  /** Only requests to this host name; any when absent. */
  readonly host: string | undefined;
  /** Origins of browser clients; `*` for all. */
  readonly corsOrigins: readonly string[];
  readonly endpoints: readonly Endpoint[];
  /** Headers of its own that a page of another origin may read. */
  readonly exposedHeaders?: readonly string[];
  /** Whether a path below the prefix is the mount's; every one is when absent. */
  matches?(path: string): boolean;
  /**
   * What the contract checks before path, method and body; throws what it refuses. Its result is handed on with the request. `OPTIONS` is
   * admitted as well, before its preflight is answered.
   */
  admit?(request: ArrivingRequest): Promise<unknown>;
  /** In place of `corsOrigins`. `admitted`: `undefined` for a preflight and for a request that was not admitted. */
  allowsOrigin?(origin: string, request: ArrivingRequest, admitted: unknown): Promise<boolean>;
  /** Headers of its own that a page of another origin may send. */
  readonly allowedHeaders?: readonly string[];
  /** Turns everything that was thrown into what this contract says. */
  speak(failure: unknown, request: FailedRequest): Answer;
  /** The text by which a failure record remembers what the caller was told. */
  told(answer: Answer): string;
}

/** The mount that a request belongs to: the longest prefix, a named host before any host, some paths before all. */
export const findMount = (mounts: readonly Mount[], host: string, path: string): Mount | undefined =>
  mounts
    .filter((mount) => mount.host === undefined || mount.host === host)
    .filter((mount) => path === mount.prefix || path.startsWith(`${mount.prefix}/`))
    .filter((mount) => mount.matches === undefined || mount.matches(path))
    .reduce<Mount | undefined>(
      (best, mount) => (best === undefined || isCloser(mount, best) ? mount : best),
      undefined,
    );

const isCloser = (mount: Mount, best: Mount): boolean => {
  if (mount.prefix.length !== best.prefix.length) return mount.prefix.length > best.prefix.length;
  if (mount.host !== best.host) return mount.host !== undefined;
  return mount.matches !== undefined;
};
