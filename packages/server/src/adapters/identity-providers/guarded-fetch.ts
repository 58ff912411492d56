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
    const url = new URL(address);
    assertMayReach(reach, url);
    return send(reach, url, options, deadline);
  };

const send = (reach: Reach, url: URL, options: CustomFetchOptions, deadline: AbortSignal): Promise<Response> =>
  new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? requestSecurely : requestPlainly;
    const outgoing = request(url, {
      method: options.method,
      headers: { ...options.headers, "accept-encoding": "identity" },
      // A connection of its own: a kept one could have been opened under another provider's rules.
      agent: false,
      lookup: checkedLookup(reach, url),
      signal: options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]),
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      incoming.once("error", reject);
      readAnswer(incoming).then(resolve, (fault: Error) => {
        outgoing.destroy();
        reject(fault);
      });
    });
    outgoing.end(bodyOf(options));
  });

const bodyOf = ({ body }: CustomFetchOptions): string | undefined => {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof URLSearchParams) return body.toString();
  throw new ProviderFault("body-not-text");
};

const readAnswer = async (incoming: IncomingMessage): Promise<Response> => {
  const { "content-encoding": encoding = "identity", "content-type": type = "" } = incoming.headers;
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
  const status = incoming.statusCode ?? 0;
  if (status < 200 || status > 599) throw new ProviderFault("status-unknown");
  return new Response(size === 0 ? null : Buffer.concat(pieces), { status, headers: { "content-type": type } });
};
