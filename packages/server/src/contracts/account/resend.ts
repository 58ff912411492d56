import { parseEmail } from "#core/identities/email.js";
import { resendRegistrationCode } from "#core/registration/resend-code.js";
import type { Answer } from "#http/answer.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { knownEmail, readFields } from "./fields.js";
import { codeSentAnswer } from "./registration.js";

/** `POST /resend/` */
export const resend = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { email } = await readFields(request, { email: knownEmail });
  await resendRegistrationCode(needs, { email, origin: request.origin });
  return codeSentAnswer(needs, request, parseEmail(email)?.normalizedValue ?? email);
};
