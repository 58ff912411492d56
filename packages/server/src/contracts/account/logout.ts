import { signOutKey } from "#core/sessions/sign-out-key.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { requireKey } from "./authentication.js";
import { successAnswer } from "./envelope.js";
import { messages } from "./messages.js";

/** `POST /logout/` */
export const logout = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  await signOutKey(needs, { key: requireKey(request), origin: request.origin });
  return successAnswer(200, say(request, messages.loggedOut));
};
