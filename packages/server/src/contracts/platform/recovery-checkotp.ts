import { checkRecoveryCode } from "#core/recovery/check-recovery-code.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { code, readFields } from "./fields.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/recovery/checkotp` */
export const recoveryCheckotp = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const sent = await readFields(request, { otp: code });
  const progress = await checkRecoveryCode(needs, { session, code: sent.otp, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
