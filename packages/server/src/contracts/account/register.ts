import { startRegistration } from "#core/registration/start-registration.js";
import type { Answer } from "#http/answer.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { findKey } from "./authentication.js";
import { readFields } from "./fields.js";
import { codeSentAnswer, findRegistrationFaults, registrationFields } from "./registration.js";

/** `POST /register/` */
export const register = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { email, fullname, language } = await readFields(request, registrationFields, (passed) =>
    findRegistrationFaults(needs, passed),
  );
  const guestKey = findKey(request);
  await startRegistration(needs, { email, fullname, language, guestKey, origin: request.origin });
  return codeSentAnswer(needs, request, email.normalizedValue);
};
