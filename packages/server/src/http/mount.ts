import type { Answer, WireRequest } from "./answer.js";

/** One line of a contract's endpoint table. */
export interface Endpoint {
  /** How limits, logs and error tables call it. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the mount's prefix. */
  readonly path: string;
  /** Asked every second by machines: what it answers is a state, not a failure, and would flood the records. */
  readonly isProbe?: true;
  answer(request: WireRequest): Promise<Answer>;
}

/** The request in which something was thrown, as far as the words of its answer may depend on it. */
export interface FailedRequest {
  /** Absent when none was reached. */
  readonly endpoint: string | undefined;
  /** A header that was sent exactly once. */
  header(name: string): string | undefined;
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
  /** Turns everything that was thrown into what this contract says. */
  speak(failure: unknown, request: FailedRequest): Answer;
  /** The text by which a failure record remembers what the caller was told. */
  told(answer: Answer): string;
}

/** The mount that a request belongs to: the longest prefix, a named host before any host. */
export const findMount = (mounts: readonly Mount[], host: string, path: string): Mount | undefined =>
  mounts
    .filter((mount) => mount.host === undefined || mount.host === host)
    .filter((mount) => path === mount.prefix || path.startsWith(`${mount.prefix}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best === undefined || isCloser(mount, best) ? mount : best),
      undefined,
    );

const isCloser = (mount: Mount, best: Mount): boolean =>
  mount.prefix.length > best.prefix.length || (mount.prefix.length === best.prefix.length && mount.host !== undefined);
