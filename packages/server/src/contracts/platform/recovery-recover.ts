import { takeCaptcha } from "#core/captcha/take-captcha.js";
import { startAccessRecovery } from "#core/recovery/start-access-recovery.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer, success } from "./envelope.js";
import { choice, loginId, optional, readFields } from "./fields.js";
import { recoverLink } from "./mailed-links.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";

/** `POST /auth/recovery/recover` */
export const recoveryRecover = async (needs: PlatformNeeds, request: PlatformRequest): Promise<Answer> => {
  const { body, origin, language } = request;
  const method = optional(choice(["PHONE", "MAIL", "QUESTION"]));
  const sent = await readFields(request, { login_id: loginId, method });
  await takeCaptcha(needs, "recovery", { response: body["captcha_response"], address: origin.address });
  const started = await startAccessRecovery(needs, {
    loginId: sent.login_id,
    method: sent.method,
    linkTo: (token) => recoverLink(needs, request, token),
    origin,
  });
  if (started.kind === "link") return success({ user_email: started.masked });
  return progressAnswer(started.progress, { now: needs.clock.now(), language });
};
