import { takeCaptcha } from "#core/captcha/take-captcha.js";
import { startLogin } from "#core/sign-in/start-login.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { loginId, readFields } from "./fields.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";

/** `POST /auth/login` */
export const login = async (needs: PlatformNeeds, request: PlatformRequest): Promise<Answer> => {
  const { body, origin, language } = request;
  const sent = await readFields(request, { login_id: loginId });
  await takeCaptcha(needs, "login", { response: body["captcha_response"], address: origin.address });
  const progress = await startLogin(needs, { loginId: sent.login_id, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
