import { changePassword } from "#core/recovery/change-password.js";
import { identifyKey } from "#core/sessions/authenticate-key.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { requireKey } from "./authentication.js";
import { successAnswer } from "./envelope.js";
import { asText, password, readFields } from "./fields.js";
import { messages } from "./messages.js";

/** `POST /reset/` */
export const reset = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const key = requireKey(request);
  // What the key is worth is told before what is wrong with the fields.
  await identifyKey(needs, key);
  const sent = await readFields(request, { password });
  const currentPassword = asText(request.body["old_password"]);
  await changePassword(needs, { key, password: sent.password, currentPassword, origin: request.origin });
  return successAnswer(200, say(request, messages.passwordChanged));
};
