import { completeRegistration } from "#core/registration/complete-registration.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { code, knownEmail, readFields } from "./fields.js";
import { messages } from "./messages.js";
import { userOf } from "./view.js";

/** `POST /verify/` */
export const verify = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const sent = await readFields(request, { email: knownEmail, code });
  const { key, view } = await completeRegistration(needs, { ...sent, origin: request.origin });
  return successAnswer(201, say(request, messages.registered), { token: key, user: userOf(view) });
};
