import { captchaOwner } from "#core/captcha/take-captcha.js";
import type { CaptchaTask } from "#core/captcha/captchas.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import type { PlatformNeeds } from "./platform-request.js";

/** `GET /auth/captcha`: what the browser has to do for the captcha of this API key, whichever flows ask for it. */
export const captcha = async (needs: PlatformNeeds): Promise<Answer> => {
  const purpose = { owner: captchaOwner(needs), now: needs.clock.now() };
  const task = await needs.captchas.task(needs.apiKey.policy.captcha.provider, purpose);
  // It has been taken from the configuration.
  if (task === undefined) throw new Refusal("object-unknown", { kind: "captcha" });
  return success(shown(task));
};

/** A challenge stands as ALTCHA's widget reads it. */
const shown = (task: CaptchaTask) =>
  task.kind === "altcha"
    ? { provider: task.kind, parameters: task.parameters, signature: task.signature }
    : { provider: task.kind, site_key: task.siteKey };
