import { checkSignUpCode } from "#core/registration/check-sign-up-code.js";
import type { Answer } from "#http/answer.js";
import { acceptDisclaimers } from "./disclaimer-fields.js";
import { progressAnswer } from "./envelope.js";
import { code, readFields } from "./fields.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/signup/checkotp` */
export const signupCheckotp = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const sent = await readFields(request, { otp: code, accept_disclaimers: acceptDisclaimers });
  const offered = sent.accept_disclaimers;
  const progress = await checkSignUpCode(needs, { session, code: sent.otp, offered, language, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
