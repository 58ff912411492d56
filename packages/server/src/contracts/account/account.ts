import { takeAddressWindow } from "#core/limits/take-address-window.js";
import { Refusal } from "#core/refusal.js";
import type { Answer, WireRequest } from "#http/answer.js";
import { addressGroup } from "#http/client-address.js";
import { parseMultipart, parseUrlencoded } from "#http/form.js";
import { InvalidFields } from "#http/invalid-fields.js";
import { requireBodyType } from "#http/media-type.js";
import type { Endpoint, FailedRequest } from "#http/mount.js";
import { type JsonObject, parseJsonObject } from "#http/strict-json.js";
import { WireRefusal } from "#http/wire-refusal.js";
import type { Contract } from "../contract.js";
import type { AccountNeeds } from "./account-request.js";
import { requireKey } from "./authentication.js";
import { errorAnswer, invalidFieldsAnswer, wordsIn } from "./envelope.js";
import { refusalRow, serverError, wireRow } from "./errors.js";
import { chooseVoice, type Voice } from "./language.js";
import { messages } from "./messages.js";
import { preferredLanguage } from "./mobile-browser.js";
import { speakOnPage } from "./mobile-errors.js";
import { isPage, mobileRoutes } from "./mobile-routes.js";
import { type AccountRoute, routes } from "./routes.js";

/** The account contract, `specs/account.md`. */
export const account: Contract = {
  name: "account",
  mount: (place, needs) => ({
    ...place,
    name: needs.policy.mount,
    endpoints: [...routes, ...mobileRoutes(needs)].flatMap((route) => endpointsOf(needs, route)),
    exposedHeaders: ["X-Error-Message"],
    speak: (failure, request) => speak(needs, failure, request),
    told: ({ headers, body }) => headers?.["x-error-message"] ?? toldBy(body),
  }),
};

/** Every path works with and without its trailing slash. */
const endpointsOf = (needs: AccountNeeds, route: AccountRoute): readonly Endpoint[] =>
  [route.path, route.path.replace(/\/$/, "")].map((path) => ({
    name: route.name,
    method: route.method,
    path,
    answer: (request) => answer(needs, route, request),
  }));

/**
 * The checks that every endpoint shares, after those of HTTP itself (404, 405, 413): overload while it is cheap, the address's window,
 * the key's form, then the body's type and text. What a key is worth and what the fields hold is the endpoint's to check.
 */
const answer = async (needs: AccountNeeds, route: AccountRoute, request: WireRequest): Promise<Answer> => {
  if (route.hashes === true) needs.passwords.assertRoom();
  if (route.limit !== undefined) await takeAddressWindow(needs, route.limit, addressGroup(request.origin.address));
  if (route.needsKey === true) requireKey(request);
  const body = route.method === "GET" ? {} : await readBody(request);
  const { origin, query } = request;
  const header = (name: string): string | undefined => request.header(name);
  return route.answer(needs, { origin, query, header, body, voice: voiceOf(needs, request) });
};

const readBody = async (request: WireRequest): Promise<JsonObject> => {
  const { body } = request;
  if (body.length === 0) return {};
  const type = request.header("content-type");
  switch (requireBodyType(type)) {
    case "json":
      return parseJsonObject(body);
    case "urlencoded":
      return parseUrlencoded(body);
    case "multipart":
      return parseMultipart(type ?? "", body);
  }
};

const voiceOf = (needs: AccountNeeds, request: Pick<WireRequest, "header">): Voice =>
  chooseVoice(needs.policy.messages, request.header("accept-language"));

const speak = (needs: AccountNeeds, failure: unknown, request: FailedRequest): Answer => {
  if (isPage(request.endpoint)) return speakOnPage(failure, preferredLanguage(request.header("accept-language")));
  const voice = voiceOf(needs, request);
  const where = { endpoint: request.endpoint, profile: needs.policy.profile };
  if (failure instanceof InvalidFields) return invalidFieldsAnswer(messages.validationErrors[voice], failure.fields);
  if (failure instanceof Refusal) return errorAnswer(refusalRow(failure, where), voice);
  if (failure instanceof WireRefusal) return errorAnswer(wireRow(failure.code, failure.details, where), voice);
  return errorAnswer(serverError(), voice);
};

/** What the caller was told: of a request whose fields failed, what was said of each. */
const toldBy = (body: Answer["body"]): string => {
  if (typeof body === "string") return "page";
  const words = wordsIn(body);
  if (words === undefined) return "";
  const items = words.errors.map(({ field, message }) => `${field}: ${message}`);
  return items.length === 0 ? words.message : items.join(" ");
};
