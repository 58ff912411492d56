import { checkPasswordStep } from "#core/sign-in/check-password-step.js";
import type { Answer } from "#http/answer.js";
import { acceptDisclaimers } from "./disclaimer-fields.js";
import { progressAnswer } from "./envelope.js";
import { password, readFields } from "./fields.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/checkpassword` */
export const checkpassword = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const sent = await readFields(request, { password, accept_disclaimers: acceptDisclaimers });
  const offered = sent.accept_disclaimers;
  const progress = await checkPasswordStep(needs, { session, password: sent.password, offered, language, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
