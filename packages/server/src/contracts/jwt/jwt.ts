import { takeAddressWindow } from "#core/limits/take-address-window.js";
import type { MountPolicy } from "#core/policy.js";
import { Refusal } from "#core/refusal.js";
import type { Answer, WireRequest } from "#http/answer.js";
import { addressGroup } from "#http/client-address.js";
import { parseUrlencoded } from "#http/form.js";
import { InvalidFields } from "#http/invalid-fields.js";
import { isForm, requireJson } from "#http/media-type.js";
import type { FailedRequest } from "#http/mount.js";
import { type JsonObject, parseJsonObject } from "#http/strict-json.js";
import { WireRefusal } from "#http/wire-refusal.js";
import type { Contract } from "../contract.js";
import { errorAnswer } from "./envelope.js";
import { speakFault, speakRefusal, speakWeakPassword, speakWireRefusal } from "./errors.js";
import { messages } from "./messages.js";
import type { JwtNeeds } from "./jwt-request.js";
import { hardenedRoutes, type JwtRoute, routes } from "./routes.js";
import { pageLanguage, speakOnPage } from "./verify-page.js";

/** The JWT register/login/refresh contract, `specs/jwt.md`. */
export const jwt: Contract = {
  name: "jwt",
  mount: (place, needs) => ({
    ...place,
    name: needs.policy.mount,
    endpoints: routesOf(needs.policy).map((route) => ({
      ...route,
      answer: (request) => answer(needs, route, request),
    })),
    speak: (failure, request) => speak(needs.policy, failure, request),
    told: ({ body }) => (typeof body === "object" && "message" in body ? String(body.message) : ""),
  }),
};

const routesOf = ({ profile }: MountPolicy): readonly JwtRoute[] =>
  profile === "hardened" ? [...routes, ...hardenedRoutes] : routes;

/** The checks that every endpoint shares, in the order of the page's rows; overload alone is told before them, while it is cheap. */
const answer = async (needs: JwtNeeds, route: JwtRoute, request: WireRequest): Promise<Answer> => {
  if (route.hashes) needs.passwords.assertRoom();
  await takeAddressWindow(needs, route.name, addressGroup(request.origin.address));
  const { origin, query } = request;
  const header = (name: string): string | undefined => request.header(name);
  return route.answer(needs, { origin, query, header, body: readBody(route, request) });
};

const readBody = ({ method, takesForms }: JwtRoute, request: WireRequest): JsonObject => {
  if (method !== "POST") return {};
  const { body } = request;
  const type = request.header("content-type");
  if (takesForms === true && isForm(type)) return parseUrlencoded(body);
  requireJson(type, body);
  return parseJsonObject(body);
};

const speak = ({ profile }: MountPolicy, failure: unknown, request: FailedRequest): Answer => {
  const { endpoint } = request;
  const header = (name: string): string | undefined => request.header(name);
  if (endpoint === "verify-page" || (endpoint === "verify" && isForm(header("content-type"))))
    return speakOnPage(failure, pageLanguage(header));
  if (profile === "hardened" && Refusal.is(failure, "password-unacceptable")) return speakWeakPassword(failure);
  if (failure instanceof Refusal) return speakRefusal(failure);
  if (failure instanceof WireRefusal) return speakWireRefusal(failure.code, failure.details);
  if (failure instanceof InvalidFields) return errorAnswer(400, failure.fields[0]?.message ?? messages.bodyNotJson);
  return speakFault(endpoint);
};
