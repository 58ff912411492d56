import { checkCodeStep } from "#core/sign-in/check-code-step.js";
import type { Answer } from "#http/answer.js";
import { acceptDisclaimers } from "./disclaimer-fields.js";
import { progressAnswer } from "./envelope.js";
import { code, optional, readFields } from "./fields.js";
import { fieldMessages } from "./messages.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** `POST /auth/checkotp`. Of a code and a backup code exactly one is an answer: with both, one of them would be tried for nothing. */
export const checkotp = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const fields = { otp: optional(code), backup_code: optional(code), accept_disclaimers: acceptDisclaimers };
  const sent = await readFields(request, fields, (passed) => {
    // One that failed has said what is wrong.
    if (!("otp" in passed && "backup_code" in passed)) return {};
    if (passed.otp === undefined && passed.backup_code === undefined) return { otp: [fieldMessages.required] };
    const isBoth = passed.otp !== undefined && passed.backup_code !== undefined;
    return isBoth ? { backup_code: [fieldMessages.oneOfTwo] } : {};
  });
  const answer =
    sent.otp === undefined
      ? ({ factor: "backup-code", code: sent.backup_code ?? "" } as const)
      : ({ factor: "code", code: sent.otp } as const);
  const offered = sent.accept_disclaimers;
  const progress = await checkCodeStep(needs, { session, ...answer, offered, language, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
