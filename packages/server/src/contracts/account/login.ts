import { signInForKey } from "#core/sign-in/sign-in-for-key.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { knownEmail, password, readFields } from "./fields.js";
import { messages } from "./messages.js";
import { userOf } from "./view.js";

/** `POST /login/` */
export const login = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const sent = await readFields(request, { email: knownEmail, password });
  const { key, view } = await signInForKey(needs, { ...sent, origin: request.origin });
  return successAnswer(200, say(request, messages.loggedIn), { token: key, user: userOf(view) });
};
