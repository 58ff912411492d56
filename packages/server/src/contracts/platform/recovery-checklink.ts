import { openRecoveryLink } from "#core/recovery/open-recovery-link.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { asSent, readFields, text } from "./fields.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";

/** `POST /auth/recovery/checklink`. The field is the link's token, whatever `Authorization` says. */
export const recoveryChecklink = async (needs: PlatformNeeds, request: PlatformRequest): Promise<Answer> => {
  const { origin, language } = request;
  // In a query it would stand in logs and histories.
  if (Object.hasOwn(request.query, "token")) throw new Refusal("token-invalid", { reason: "sent-twice" });
  const { token } = await readFields(request, { token: text(1_000, asSent) });
  const progress = await openRecoveryLink(needs, { token, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
