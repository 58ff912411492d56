import { clockSkew } from "../clock-skew.js";
import type { Instant } from "../ids.js";
import type { Clock, Fingerprint, RequestSignatures, Stores } from "../ports.js";
import { Refusal, type SignatureFault } from "../refusal.js";
import type { ApiKey } from "./api-key.js";

export interface VerifySignatureNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly signatures: RequestSignatures;
  readonly stores: Pick<Stores, "apiKeys" | "singleUse">;
}

/** A request as its bytes came: what a proxy or a router made of it does not count. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Empty when there was none. */
  readonly body: Uint8Array;
  /** What follows `Signature ` in `Authorization`; `undefined`: signed as RFC 9421 says. */
  readonly signature: string | undefined;
  /** A header that was sent exactly once. */
  header(name: string): string | undefined;
}

/** What was signed, and by what; its form and its time are right. */
interface Signed {
  readonly text: string;
  readonly mac: string;
  readonly nonce: string;
}

/** Milliseconds by which the time of a signature may differ from now, in either direction. */
const window = 300_000;

/**
 * Whether a server signed this request with one of the key's secrets, and for the first time. In the order of the checks: the headers'
 * form, the time, the nonce's form, the signature itself, and then the nonce is spent: no forged request uses up a nonce of a genuine one.
 * Refuses with `signature-invalid` and `signature-expired`.
 */
export const verifySignature = async (
  needs: VerifySignatureNeeds,
  apiKey: ApiKey,
  request: SignedRequest,
): Promise<void> => {
  const now = needs.clock.now();
  const { text, mac, nonce } =
    request.signature === undefined
      ? readMessage(needs, apiKey, { request, now })
      : readRequest(needs, apiKey, { request, now, mac: request.signature });
  const secrets = await needs.stores.apiKeys.secretsOf(apiKey.id, now);
  if (secrets.length === 0) throw invalid(apiKey, "no-secret");
  // Every one of them, so that the time does not tell which fitted.
  if (secrets.filter(({ secret }) => needs.signatures.fits(secret, text, mac)).length === 0)
    throw mismatch(apiKey, text);
  // Unkeyed: under a keyed hash each rotation of `SECRET_KEY` would let everything be replayed. Remembered for as long as any node
  // would take its time for good.
  const spent = needs.fingerprint(`${apiKey.id} ${nonce}`);
  if (!(await needs.stores.singleUse.spend("signature-nonce", spent, now + 2 * window + clockSkew)))
    throw invalid(apiKey, "nonce-used");
};

const invalid = ({ id: keyId }: ApiKey, reason: SignatureFault): Refusal =>
  new Refusal("signature-invalid", { reason, keyId });

const mismatch = ({ id: keyId, isDevelopment }: ApiKey, canonical: string): Refusal =>
  new Refusal("signature-invalid", { reason: "mismatch", keyId, ...(isDevelopment ? { canonical } : {}) });

const macForm = /^[A-Za-z0-9_-]{43}$/;
const secondsForm = /^[0-9]{1,12}$/;
const nonceForm = /^[A-Za-z0-9_-]{16,128}$/;

/** The scheme of `specs/platform.md`, "Client applications". */
const readRequest = (
  needs: VerifySignatureNeeds,
  apiKey: ApiKey,
  { request, now, mac }: { readonly request: SignedRequest; readonly now: Instant; readonly mac: string },
): Signed => {
  const host = request.header("host");
  const timestamp = request.header("x-timestamp");
  if (!macForm.test(mac) || host === undefined || timestamp === undefined || !secondsForm.test(timestamp))
    throw invalid(apiKey, "header");
  refuseUnlessNear(apiKey, Number(timestamp), now);
  const nonce = request.header("x-nonce");
  if (nonce === undefined || !nonceForm.test(nonce)) throw invalid(apiKey, "header");
  const { method, target, body } = request;
  const lines = [method, host.toLowerCase(), target, timestamp, nonce, needs.signatures.bodyHash(body)];
  return { text: lines.join("\n"), mac, nonce };
};

const refuseUnlessNear = ({ id: keyId }: ApiKey, seconds: number, now: Instant): void => {
  const offIn = now - seconds * 1000;
  if (Math.abs(offIn) > window) throw new Refusal("signature-expired", { offBy: Math.trunc(offIn / 1000), keyId });
};

const required = ["@method", "@authority", "@path", "@query", "content-digest"] as const;
const parameterNames = ["created", "expires", "nonce", "keyid", "alg"] as const;

/** RFC 9421 in the profile of `docs/integrate/sign-requests.md`: one signature that covers the whole request. */
const readMessage = (
  needs: VerifySignatureNeeds,
  apiKey: ApiKey,
  { request, now }: { readonly request: SignedRequest; readonly now: Instant },
): Signed => {
  const input = request.header("signature-input");
  const signature = request.header("signature");
  const digest = request.header("content-digest");
  if (input === undefined || signature === undefined || digest === undefined) throw invalid(apiKey, "header");
  const message = needs.signatures.readMessageSignature({ input, signature });
  if (message === undefined || !macForm.test(message.mac)) throw invalid(apiKey, "header");
  const { components, parameters, signatureParams, mac } = message;
  const created = parameters.get("created");
  const expires = parameters.get("expires");
  const isOurs =
    parameters.size === parameterNames.length &&
    parameterNames.every((name) => parameters.has(name)) &&
    parameters.get("alg") === "hmac-sha256" &&
    parameters.get("keyid") === apiKey.id;
  if (!isOurs || typeof created !== "number" || typeof expires !== "number" || !isShort(created, expires))
    throw invalid(apiKey, "header");
  refuseUnlessNear(apiKey, created, now);
  if (now >= expires * 1000)
    throw new Refusal("signature-expired", { offBy: Math.trunc(now / 1000 - expires), keyId: apiKey.id });
  const nonce = parameters.get("nonce");
  if (typeof nonce !== "string" || !nonceForm.test(nonce)) throw invalid(apiKey, "header");
  if (!required.every((name) => components.includes(name)) || new Set(components).size < components.length)
    throw invalid(apiKey, "covered-components");
  if (!needs.signatures.digestFits(digest, request.body)) throw invalid(apiKey, "digest");
  const lines = components.map((name) => {
    const value = componentOf(request, name);
    if (value === undefined) throw invalid(apiKey, "covered-components");
    return `"${name}": ${value}`;
  });
  return { text: [...lines, `"@signature-params": ${signatureParams}`].join("\n"), mac, nonce };
};

const isShort = (created: number, expires: number): boolean =>
  Number.isInteger(created) && Number.isInteger(expires) && expires > created && (expires - created) * 1000 <= window;

/** What a component stands for (RFC 9421 section 2); `undefined` for those that are none of the profile's, or not there once. */
const componentOf = (request: SignedRequest, name: string): string | undefined => {
  const { target } = request;
  const at = target.indexOf("?");
  switch (name) {
    case "@method":
      return request.method;
    case "@authority":
      return request.header("host")?.toLowerCase();
    case "@path":
      return at < 0 ? target : target.slice(0, at);
    case "@query":
      return at < 0 ? "?" : target.slice(at);
    default:
      return fieldName.test(name) ? request.header(name) : undefined;
  }
};

const fieldName = /^[a-z0-9-]+$/;
