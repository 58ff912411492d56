import { isGuest } from "#core/guests/guest.js";
import { changePassword } from "#core/recovery/change-password.js";
import { Refusal } from "#core/refusal.js";
import { identifyKey } from "#core/sessions/authenticate-key.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { requireKey } from "./authentication.js";
import { successAnswer } from "./envelope.js";
import { asText, password, readFields } from "./fields.js";
import { messages } from "./messages.js";

/** `POST /reset/`: whether the old password is needed, and right, is for the use case to say. */
export const reset = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const key = requireKey(request);
  await refuseUnfit(needs, key);
  const sent = await readFields(request, { password });
  const currentPassword = textOrAbsent(request.body["old_password"]);
  await changePassword(needs, { key, password: sent.password, currentPassword, origin: request.origin });
  return successAnswer(200, say(request, messages.passwordChanged));
};

/** What the key is worth is told before what is wrong with the fields. */
const refuseUnfit = async (needs: AccountNeeds, key: string): Promise<void> => {
  const identified = await identifyKey(needs, key);
  if (identified.kind === "session" && isGuest(identified.identifiers))
    throw new Refusal("key-not-allowed", { reason: "guest", accountId: identified.account.id });
};

const textOrAbsent = (sent: unknown): string | undefined => {
  const text = asText(sent);
  return text?.trim() === "" ? undefined : text;
};
