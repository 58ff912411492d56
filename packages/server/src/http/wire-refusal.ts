/** What HTTP itself refuses before a contract's endpoint is reached. Each contract says how it speaks them, as with the core's refusals. */
export interface WireRefusals {
  /** No endpoint has this path on this host. */
  "not-found": Record<never, never>;
  /** The path is an endpoint's, the method is not. */
  "method-not-allowed": { readonly method: string; readonly allow: readonly string[] };
  /** The body is over the limit, in bytes; no more of it was read. */
  "body-too-large": { readonly limit: number };
  /** The body is not empty and not declared as what the endpoint reads; `type` as sent, at most 100 characters of it. */
  "type-unsupported": { readonly type: string };
  /** The body is not what its type says, or two parsers could read it differently. */
  "body-invalid": { readonly syntax: BodySyntax; readonly fault: BodyFault };
  /** The body is JSON, and no object. */
  "body-not-object": Record<never, never>;
}

export type BodySyntax = "json" | "form";
export type BodyFault =
  | "not as long as Content-Length says"
  | "not UTF-8"
  | "not JSON"
  | "lone surrogate"
  | "duplicate key"
  | "reserved key"
  | "nested too deeply"
  | "not a form";

export type WireCode = keyof WireRefusals;

/** Thrown by the plumbing; told by the contract under whose mount the request came. */
export class WireRefusal<C extends WireCode = WireCode> extends Error {
  override readonly name = "WireRefusal";
  readonly code: C;
  readonly details: WireRefusals[C];

  constructor(code: C, details: WireRefusals[C]) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
