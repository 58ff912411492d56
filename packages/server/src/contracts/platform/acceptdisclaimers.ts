import { acceptDisclaimersStep } from "#core/sign-in/accept-disclaimers-step.js";
import type { Answer } from "#http/answer.js";
import { acceptDisclaimers } from "./disclaimer-fields.js";
import { progressAnswer } from "./envelope.js";
import { readFields } from "./fields.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/acceptdisclaimers` */
export const acceptdisclaimers = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const sent = await readFields(request, { accept_disclaimers: acceptDisclaimers });
  const offered = sent.accept_disclaimers;
  const progress = await acceptDisclaimersStep(needs, { session, offered, language, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
