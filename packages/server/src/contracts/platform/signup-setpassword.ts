import { setSignUpPassword } from "#core/registration/set-sign-up-password.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { password, readFields } from "./fields.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/signup/setpassword` */
export const signupSetpassword = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const sent = await readFields(request, { password });
  const progress = await setSignUpPassword(needs, { session, password: sent.password, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
