import { verifyRecoveryCode } from "#core/recovery/verify-recovery-code.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { code, knownEmail, readFields } from "./fields.js";
import { messages } from "./messages.js";

/** `POST /forgot/verify/` */
export const forgotVerify = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const sent = await readFields(request, { email: knownEmail, code });
  const { key } = await verifyRecoveryCode(needs, { ...sent, origin: request.origin });
  return successAnswer(200, say(request, messages.recoveryVerified), { token: key });
};
