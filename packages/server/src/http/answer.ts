import type { Origin } from "#core/origin.js";

/** What an endpoint answers. `body`: an object is sent as JSON, a text with the content type that its headers name; 204 has none. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

export interface SentHeaders {
  /** A header that was sent exactly once. */
  header(name: string): string | undefined;
  /** Every value of a header, each as it was sent. */
  headers(name: string): readonly string[];
}

/** A request as an endpoint sees it. */
export interface WireRequest extends SentHeaders {
  readonly origin: Origin;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Of the path, by name, as sent. */
  readonly params: Readonly<Record<string, string>>;
  /** What the mount's `admit` gave; `undefined` where a mount has none. */
  readonly admitted: unknown;
  /** Raw bytes; empty when there is no body. */
  readonly body: Uint8Array;
  readonly query: Readonly<Record<string, unknown>>;
  /** Whether it comes from this machine, by its own name, and for nobody else. */
  isLocal(): boolean;
}
