import { startRegistration } from "#core/registration/start-registration.js";
import type { Answer } from "#http/answer.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { findKey } from "./authentication.js";
import { password, readFields } from "./fields.js";
import { codeSentAnswer, findRegistrationFaults, registrationFields } from "./registration.js";

/** `POST /web/register/` */
export const webRegister = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { email, fullname, language } = registrationFields;
  const registration = await readFields(request, { email, fullname, password, language }, (passed) =>
    findRegistrationFaults(needs, passed),
  );
  await startRegistration(needs, { ...registration, guestKey: findKey(request), origin: request.origin });
  return codeSentAnswer(needs, request, registration.email.normalizedValue);
};
