import { resendCode } from "#core/sign-in/resend-code.js";
import type { Answer } from "#http/answer.js";
import { sessionAnswer } from "./envelope.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/resendotp` */
export const resendotp = async (
  needs: PlatformNeeds,
  { session, origin, language }: SessionRequestOf,
): Promise<Answer> => {
  const sent = await resendCode(needs, { session, origin });
  return sessionAnswer(sent, { now: needs.clock.now(), language });
};
