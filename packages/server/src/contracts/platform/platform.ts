import type { Scope } from "#core/api-keys/key-policy.js";
import { verifySignature } from "#core/api-keys/verify-signature.js";
import { takeAddressWindow } from "#core/limits/take-address-window.js";
import { Refusal } from "#core/refusal.js";
import { authenticateClient } from "#core/sessions/authenticate-client.js";
import type { SessionWithAccount } from "#core/sessions/session-store.js";
import { findPendingSession } from "#core/sign-in/find-session.js";
import { preferredOf } from "#http/accept-language.js";
import type { Answer, SentHeaders, WireRequest } from "#http/answer.js";
import { addressGroup } from "#http/client-address.js";
import { InvalidFields } from "#http/invalid-fields.js";
import { requireJson } from "#http/media-type.js";
import type { Endpoint, FailedRequest } from "#http/mount.js";
import { parseJsonObject } from "#http/strict-json.js";
import { WireRefusal } from "#http/wire-refusal.js";
import type { Contract } from "../contract.js";
import { Admission, admit, allowsOrigin, isPlatformPath } from "./admission.js";
import { findBearer, requireSignature, requireToken } from "./authentication.js";
import { errorAnswer, invalidFieldsAnswer } from "./envelope.js";
import { type ErrorRow, refusalRow, serverError, wireRow } from "./errors.js";
import { type LinkAct, speakOnPage } from "./link-page.js";
import type { Language, PlatformNeeds, PlatformRequest } from "./platform-request.js";
import { limitOf, type PlatformRoute, routes } from "./routes.js";

/** The platform contract, `specs/platform.md`. The company code of the path is the realm. */
export const platform: Contract = {
  name: "platform",
  mount: (place, needs) => ({
    ...place,
    name: needs.policy.mount,
    endpoints: routes.flatMap(endpointsOf),
    matches: (path) => isPlatformPath(place, path),
    admit: (request) => admit(place, needs, request),
    allowsOrigin: (origin, request, admitted) => allowsOrigin({ place, needs, admitted }, origin, request),
    allowedHeaders,
    speak,
    told: ({ body }) => toldBy(body),
  }),
};

/** Beside those that every contract takes. */
const allowedHeaders = [
  "X-Api-Key",
  "X-Timestamp",
  "X-Nonce",
  "Signature",
  "Signature-Input",
  "Content-Digest",
  "Accept-Language",
  "X-Critical-Password",
  "X-Critical-Otp",
];

/** `v1` is another name of `v2`. */
const endpointsOf = (route: PlatformRoute): readonly Endpoint[] =>
  ["v2", "v1"].map((version) => ({
    name: route.name,
    method: route.method,
    path: `/:company/${version}${route.path}`,
    answer: (request) => answer(route, request),
  }));

/**
 * The checks that every endpoint shares, in the order of the page; company, API key, path, method and size have been checked before
 * (`admission.ts`, `http/server.ts`). Overload is told while it is cheap. What the fields hold is the endpoint's to check.
 */
const answer = async (route: PlatformRoute, request: WireRequest): Promise<Answer> => {
  const { page, client } = admissionOf(request);
  const { origin, query, params, body: bytes } = request;
  if (route.hashes === true) page.passwords.assertRoom();
  const limit = limitOf(route);
  if (limit !== undefined) await takeAddressWindow(client ?? page, limit, addressGroup(request.origin.address));
  const frame = { origin, query, params, language: languageOf(request), ...headersOf(request) };
  if (route.access === "page") return route.answer(page, { ...frame, body: bytes });
  if (client === undefined) throw new Error("admitted without an API key");
  requireJson(request.header("content-type"), bytes);
  const sent: PlatformRequest = { ...frame, body: parseJsonObject(bytes) };
  switch (route.access) {
    case "open":
      return route.answer(client, sent);
    case "session":
      return route.answer(client, {
        ...sent,
        session: await findPendingSession(client, requireToken(sent), route.takes),
      });
    case "token":
      return route.answer(client, { ...sent, bearer: await findBearer(client, requireToken(sent)) });
    case "user": {
      const user = await authenticateClient(client, requireToken(sent));
      if (route.isFresh === true) requireFresh(client, user);
      return route.answer(client, { ...sent, user });
    }
    case "signature":
      await verifySignature(client, client.apiKey, {
        method: request.method,
        target: request.target,
        body: bytes,
        signature: requireSignature(request),
        header: (name) => request.header(name),
      });
      requireScope(client, route.scope);
      return route.answer(client, sent);
  }
};

const admissionOf = ({ admitted }: Pick<WireRequest, "admitted">): Admission => {
  if (!(admitted instanceof Admission)) throw new Error("not admitted");
  return admitted;
};

const headersOf = (request: SentHeaders): SentHeaders => ({
  header: (name) => request.header(name),
  headers: (name) => request.headers(name),
});

/** Milliseconds for which a sign-in counts as the user's own word for a change of what he signs in with. */
const freshIn = 300_000;

const requireFresh = ({ clock, apiKey }: PlatformNeeds, { session }: SessionWithAccount): void => {
  if (clock.now() - session.createdAt > freshIn)
    throw new Refusal("access-restricted", { reason: "sign-in-too-old", keyId: apiKey.id });
};

const requireScope = ({ apiKey }: PlatformNeeds, scope: Scope): void => {
  if (!apiKey.policy.scopes.includes(scope))
    throw new Refusal("access-restricted", { reason: "scope", keyId: apiKey.id });
};

/** In which a request is answered: as its `Accept-Language` likes best, else in its key's language, else in English. */
const languageOf = ({ header, admitted }: Pick<FailedRequest, "header" | "admitted">): Language => {
  const own = admitted instanceof Admission ? admitted.client?.apiKey.policy.language : undefined;
  const standard = languages[own?.split("-")[0] ?? ""] ?? "en";
  return preferredOf(header("accept-language") ?? "", { ...languages, "*": standard }) ?? standard;
};

const languages: Readonly<Record<string, Language>> = { en: "en", fa: "fa", ru: "ru" };

const speak = (failure: unknown, request: FailedRequest): Answer => {
  const act = pageActs[request.endpoint ?? ""];
  if (act !== undefined) return speakOnPage(failure, act, languageOf(request));
  const view = { language: languageOf(request), requestId: request.requestId, challenge: challengeOf(request) };
  if (failure instanceof InvalidFields) return invalidFieldsAnswer(failure.fields, view);
  return errorAnswer(rowOf(failure, request.endpoint), view);
};

const rowOf = (failure: unknown, endpoint: string | undefined): ErrorRow => {
  if (failure instanceof Refusal) return refusalRow(failure, { endpoint });
  if (failure instanceof WireRefusal) return wireRow(failure.code, failure.details, { endpoint });
  return serverError();
};

/** Endpoints that people meet in a browser. */
const pageActs: Readonly<Record<string, LinkAct>> = {
  "recover-form": "recover",
  recover: "recover",
  "cancel-recovery-form": "cancelRecovery",
  "cancel-recovery": "cancelRecovery",
};

/** Before there is a key to know, that is what is asked for. */
const challengeOf = ({ endpoint, admitted }: FailedRequest): string => {
  if (!(admitted instanceof Admission)) return "ApiKey";
  return routes.some(({ name, access }) => name === endpoint && access === "signature") ? "Signature" : "Bearer";
};

/** The code, and of a request whose fields failed, what was said of each. */
const toldBy = (body: Answer["body"]): string => {
  if (typeof body !== "object" || !("error_code" in body) || !("messages" in body)) return "page";
  const { error_code: code, messages } = body;
  return Array.isArray(messages) ? String(code) : `${String(code)} ${JSON.stringify(messages)}`;
};
