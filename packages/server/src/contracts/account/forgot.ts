import { startRecovery } from "#core/recovery/start-recovery.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { knownEmail, readFields } from "./fields.js";
import { messages } from "./messages.js";

/** `POST /forgot/` */
export const forgot = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { email } = await readFields(request, { email: knownEmail });
  await startRecovery(needs, { email, origin: request.origin });
  return successAnswer(200, say(request, messages.recoveryStarted));
};
