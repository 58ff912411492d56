import { Refusal } from "#core/refusal.js";
import { authenticateClient } from "#core/sessions/authenticate-client.js";
import { readPendingSession } from "#core/sign-in/find-session.js";
import type { SentHeaders } from "#http/answer.js";
import type { Bearer, PlatformNeeds, PlatformRequest } from "./platform-request.js";

/** What an `Authorization` header says, in one of the two forms that the page knows. */
interface Credentials {
  readonly scheme: "bearer" | "signature";
  readonly value: string;
}

const form = /^(bearer|signature) +([^\s]+) *$/i;

/** `undefined` without such a header; refuses (`authorization-invalid`) any other form, and several headers. */
const readCredentials = (request: Pick<SentHeaders, "headers">): Credentials | undefined => {
  const sent = request.headers("authorization");
  if (sent.length === 0) return undefined;
  const [, scheme, value] = form.exec(sent.length === 1 ? (sent[0] ?? "") : "") ?? [];
  if (scheme === undefined || value === undefined) throw new Refusal("authorization-invalid", { reason: "form" });
  return { scheme: scheme.toLowerCase() === "bearer" ? "bearer" : "signature", value };
};

/** The token of a request, from its header or its field `token`; refuses as the page says. */
export const requireToken = (request: Pick<PlatformRequest, "headers" | "body" | "query">): string => {
  const credentials = readCredentials(request);
  if (credentials?.scheme === "signature") throw new Refusal("authorization-invalid", { reason: "signature" });
  if (Object.hasOwn(request.query, "token")) throw new Refusal("token-invalid", { reason: "sent-twice" });
  const field = Object.hasOwn(request.body, "token") ? (request.body["token"] ?? undefined) : undefined;
  if (field === undefined && credentials === undefined) throw new Refusal("token-missing", {});
  if (field !== undefined && typeof field !== "string") throw new Refusal("token-invalid", { reason: "malformed" });
  if (field !== undefined && credentials !== undefined && field !== credentials.value)
    throw new Refusal("token-invalid", { reason: "sent-twice" });
  return field ?? credentials?.value ?? "";
};

/** The signature in `Authorization`; `undefined` for a request that is signed as RFC 9421 says. */
export const requireSignature = (request: SentHeaders): string | undefined => {
  const credentials = readCredentials(request);
  if (credentials?.scheme === "bearer") throw new Refusal("authorization-invalid", { reason: "bearer" });
  if (credentials === undefined && request.headers("signature-input").length === 0)
    throw new Refusal("token-missing", {});
  return credentials?.value;
};

/** Whose token it is, of a session in any state or of a signed-in user; refuses what is neither. */
export const findBearer = async (needs: PlatformNeeds, token: string): Promise<Bearer> => {
  const session = await readPendingSession(needs, token);
  return session === undefined
    ? { kind: "user", user: await authenticateClient(needs, token) }
    : { kind: "session", session };
};
