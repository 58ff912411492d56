import { exchangeHandoff } from "#core/handoffs/exchange-handoff.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { asSent, asText, optional, readFields, text } from "./fields.js";
import { messages } from "./messages.js";
import { userOf } from "./view.js";

/** In characters: RFC 7636 section 4.1. What is longer is wrong, and told as such. */
const longestVerifier = 128;

/** `POST /exchange-token/` */
export const exchangeToken = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { body, origin } = request;
  // What is wrong with this field has one text and a code of its own, so it is told before all others.
  const tempToken = asText(Object.hasOwn(body, "temp_token") ? body["temp_token"] : undefined)?.trim() ?? "";
  if (tempToken === "") throw new Refusal("token-missing", {});
  const { code_verifier: codeVerifier } = await readFields(request, {
    code_verifier: optional(text(longestVerifier, asSent)),
  });
  const { key, view } = await exchangeHandoff(needs, { tempToken, codeVerifier, origin });
  return successAnswer(200, say(request, messages.loggedIn), { token: key, user: userOf(view) });
};
