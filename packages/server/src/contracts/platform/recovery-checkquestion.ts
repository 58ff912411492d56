import { checkControlAnswer } from "#core/recovery/check-control-answer.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { asSent, readFields, text } from "./fields.js";
import { cancelRecoveryLink } from "./mailed-links.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/recovery/checkquestion` */
export const recoveryCheckquestion = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const sent = await readFields(request, { control_answer: text(200, asSent) });
  const progress = await checkControlAnswer(needs, {
    session,
    answer: sent.control_answer,
    cancelLinkTo: (token) => cancelRecoveryLink(needs, request, token),
    origin,
  });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
