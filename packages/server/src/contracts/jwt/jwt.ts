import { takeAddressWindow } from "#core/limits/take-address-window.js";
import { Refusal } from "#core/refusal.js";
import type { Answer, WireRequest } from "#http/answer.js";
import { addressGroup } from "#http/client-address.js";
import { InvalidFields } from "#http/invalid-fields.js";
import { requireJson } from "#http/media-type.js";
import type { FailedRequest } from "#http/mount.js";
import { parseJsonObject } from "#http/strict-json.js";
import { WireRefusal } from "#http/wire-refusal.js";
import type { Contract } from "../contract.js";
import { errorAnswer } from "./envelope.js";
import { speakFault, speakRefusal, speakWireRefusal } from "./errors.js";
import { messages } from "./messages.js";
import type { JwtNeeds } from "./jwt-request.js";
import { type JwtRoute, routes } from "./routes.js";

/** The JWT register/login/refresh contract, `specs/jwt.md`. */
export const jwt: Contract = {
  name: "jwt",
  mount: (place, needs) => ({
    ...place,
    name: needs.policy.mount,
    endpoints: routes.map((route) => ({ ...route, answer: (request) => answer(needs, route, request) })),
    speak,
    told: ({ body }) => (typeof body === "object" && "message" in body ? String(body.message) : ""),
  }),
};

/** The checks that every endpoint shares, in the order of the page's rows; overload alone is told before them, while it is cheap. */
const answer = async (needs: JwtNeeds, route: JwtRoute, request: WireRequest): Promise<Answer> => {
  if (route.hashes) needs.passwords.assertRoom();
  await takeAddressWindow(needs, route.name, addressGroup(request.origin.address));
  const { body, origin } = request;
  if (route.method === "POST") requireJson(request.header("content-type"), body);
  const header = (name: string): string | undefined => request.header(name);
  return route.answer(needs, { origin, header, body: route.method === "POST" ? parseJsonObject(body) : {} });
};

const speak = (failure: unknown, { endpoint }: FailedRequest): Answer => {
  if (failure instanceof Refusal) return speakRefusal(failure);
  if (failure instanceof WireRefusal) return speakWireRefusal(failure.code, failure.details);
  if (failure instanceof InvalidFields) return errorAnswer(400, failure.fields[0]?.message ?? messages.bodyNotJson);
  return speakFault(endpoint);
};
