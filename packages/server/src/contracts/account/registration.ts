import { codeLivesIn } from "#core/factors/one-time-code.js";
import { parseEmail, type ParsedIdentifier } from "#core/identities/email.js";
import { parseLanguage } from "#core/language.js";
import { checkRegistration } from "#core/registration/check-registration.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { successAnswer } from "./envelope.js";
import { type Field, type Findings, fullname, text } from "./fields.js";
import { messages, passwordTexts } from "./messages.js";

const email: Field<ParsedIdentifier> = text(254, (sent) => {
  const value = parseEmail(sent);
  return value === undefined ? { failure: messages.invalidEmail } : { value };
});

/** English, when it is absent or none that is spoken here. */
const language: Field<string> = (sent) =>
  sent === undefined ? { value: parseLanguage(sent) } : text(35, (tag) => ({ value: parseLanguage(tag) }))(sent);

/** What every registration sends. */
export const registrationFields = { email, fullname, language };

/** What only the whole registration shows: the address is taken, the password breaks rules. */
export const findRegistrationFaults = async (
  needs: AccountNeeds,
  wished: Parameters<typeof checkRegistration>[1],
): Promise<Findings> => {
  const { isEmailTaken, passwordFailures } = await checkRegistration(needs, wished);
  return {
    email: isEmailTaken ? [messages.emailTaken] : [],
    password: passwordTexts(passwordFailures),
  };
};

/** What a registration and a resend answer; times in seconds. */
export const codeSentAnswer = (needs: AccountNeeds, request: AccountRequest, address: string): Answer =>
  successAnswer(200, say(request, messages.codeSent), {
    email: address,
    expires_in: codeLivesIn / 1000,
    resend_in: needs.policy.codes.sending.pauseIn / 1000,
  });
