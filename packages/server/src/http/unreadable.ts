import { canonicalAddress } from "./client-address.js";
import type { Failure } from "./failure.js";

export interface UnreadableNeeds {
  newRequestId(): string;
  onFailure(failure: Failure): void;
}

/** What this needs of a connection. */
export interface UnreadableSocket {
  readonly writable: boolean;
  readonly remoteAddress?: string | undefined;
  end(text: string): unknown;
  destroy(error: Error): unknown;
}

/** Answers bytes that are no HTTP request, or do not become one in time: no route, no mount and no contract, and the connection ends. */
export const answerUnreadable = (
  needs: UnreadableNeeds,
  error: Error & { readonly code?: string },
  socket: UnreadableSocket,
): void => {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const requestId = needs.newRequestId();
  const [status, told] = unreadable(error.code);
  const body = JSON.stringify({ message: `${status} ${told}` });
  const head = [
    `HTTP/1.1 ${status} ${told}`,
    `x-request-id: ${requestId}`,
    "x-content-type-options: nosniff",
    "content-type: application/json",
    `content-length: ${body.length}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  needs.onFailure({
    requestId,
    mount: "",
    method: "",
    route: "(none)",
    status,
    told,
    reason: "unreadable",
    // The parser's own message and rest of bytes stay out: they hold what the caller sent.
    details: { causeCode: error.code ?? "" },
    accountId: undefined,
    address: canonicalAddress(socket.remoteAddress ?? ""),
    fault: undefined,
  });
};

const unreadable = (code: string | undefined): readonly [status: number, told: string] => {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return [408, "Request Timeout"];
  if (code === "HPE_HEADER_OVERFLOW") return [431, "Request Header Fields Too Large"];
  return [400, "Bad Request"];
};
