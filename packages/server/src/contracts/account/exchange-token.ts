import { exchangeHandoff } from "#core/handoffs/exchange-handoff.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { asText } from "./fields.js";
import { messages } from "./messages.js";
import { userOf } from "./view.js";

/** `POST /exchange-token/` */
export const exchangeToken = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const tempToken = asText(fieldOf(request, "temp_token"))?.trim() ?? "";
  if (tempToken === "") throw new Refusal("token-missing", {});
  const codeVerifier = verifierIn(fieldOf(request, "code_verifier"));
  const { key, view } = await exchangeHandoff(needs, { tempToken, codeVerifier, origin: request.origin });
  return successAnswer(200, say(request, messages.loggedIn), { token: key, user: userOf(view) });
};

const fieldOf = ({ body }: AccountRequest, name: string): unknown =>
  Object.hasOwn(body, name) ? body[name] : undefined;

/** Whatever is wrong with it is told by one row, and burns the token: what is no text fits no challenge. */
const verifierIn = (sent: unknown): string | undefined => {
  if (sent === undefined || sent === null) return undefined;
  const verifier = asText(sent)?.trim() ?? "no text";
  return verifier === "" ? undefined : verifier;
};
