import { completePasswordReset, isResetLinkLive } from "#core/recovery/reset-password.js";
import { Refusal } from "#core/refusal.js";
import type { Answer, WireRequest } from "#http/answer.js";
import { Answered } from "#http/answered.js";
import { typeUnsupported } from "#http/media-type.js";
import type { ContractNeeds } from "../contract.js";
import { messages, passwordAdvice } from "./messages.js";
import { page } from "./page.js";

/** `GET /reset-password?token=…`: the form. Spends nothing: mail scanners follow links. */
export const showResetPassword = async (needs: ContractNeeds, request: WireRequest): Promise<Answer> => {
  const token = textOf(request.query["token"]);
  if (!(await isResetLinkLive(needs, token))) throw new Refusal("link-invalid", { purpose: "reset-password" });
  return page({ status: 200, texts: [], role: "status", token });
};

/** `POST /reset-password` with `token` and `password` as a form. A refused password gives the form again, with what to mend. */
export const resetPassword = async (needs: ContractNeeds, request: WireRequest): Promise<Answer> => {
  const form = readForm(request);
  const token = form.get("token") ?? "";
  try {
    await completePasswordReset(needs, { token, password: form.get("password") ?? "", origin: request.origin });
  } catch (error) {
    if (!Refusal.is(error, "password-unacceptable")) throw error;
    const advice = error.details.failures.map(passwordAdvice);
    throw new Answered(page({ status: 400, texts: advice, role: "alert", token }), error);
  }
  return page({ status: 200, texts: [messages.done], role: "status" });
};

const formType = /^application\/x-www-form-urlencoded(?:[ \t]*;.*)?$/i;

const readForm = (request: WireRequest): URLSearchParams => {
  const type = request.header("content-type") ?? "";
  if (!formType.test(type)) throw typeUnsupported(type);
  return new URLSearchParams(new TextDecoder().decode(request.body));
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
