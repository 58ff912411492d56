import { takeAddressWindow } from "#core/limits/take-address-window.js";
import { Refusal, type RefusalCode } from "#core/refusal.js";
import type { Answer, WireRequest } from "#http/answer.js";
import { addressGroup } from "#http/client-address.js";
import { type WireCode, WireRefusal } from "#http/wire-refusal.js";
import type { Contract, ContractNeeds } from "../contract.js";
import { refusalRows, speakFault, wireRows } from "./errors.js";
import { stylesheetAnswer, stylesheetPath } from "./layout.js";
import { resetPasswordPath } from "./page.js";
import { resetPassword, showResetPassword } from "./reset-password.js";

/** The pages this server shows people itself, and what it says where no contract is mounted. */
export const hosted: Contract = {
  name: "hosted",
  mount: (place, needs) => ({
    ...place,
    name: needs.policy.mount,
    endpoints: [
      {
        name: "reset-password-form",
        method: "GET",
        path: resetPasswordPath,
        answer: (request) => showResetPassword(needs, request),
      },
      { name: "reset-password", method: "POST", path: resetPasswordPath, answer: (request) => limited(needs, request) },
      { name: "stylesheet", method: "GET", path: stylesheetPath, answer: async () => stylesheetAnswer() },
    ],
    speak: (failure) => {
      if (failure instanceof Refusal) return speak(failure);
      if (failure instanceof WireRefusal) return speakWire(failure);
      return speakFault();
    },
    told: ({ body }) => (typeof body === "object" && "message" in body ? String(body.message) : "page"),
  }),
};

const limited = async (needs: ContractNeeds, request: WireRequest): Promise<Answer> => {
  await takeAddressWindow(needs, "reset-password", addressGroup(request.origin.address));
  return resetPassword(needs, request);
};

const speak = <C extends RefusalCode>(refusal: Refusal<C>): Answer => refusalRows[refusal.code](refusal.details);
const speakWire = <C extends WireCode>(refusal: WireRefusal<C>): Answer => wireRows[refusal.code](refusal.details);
