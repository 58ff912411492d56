import { parseLanguage } from "#core/language.js";
import { Refusal } from "#core/refusal.js";
import { registerAccount } from "#core/registration/register-account.js";
import { startLinkRegistration } from "#core/registration/start-link-registration.js";
import type { Answer } from "#http/answer.js";
import { requireEmail, requireTexts, requireUsername } from "./fields.js";
import { messages } from "./messages.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";
import { verifyLink } from "./verify.js";

/** `POST /register`. A hardened mount answers every well-formed registration alike, and mails a link. */
export const register = async (needs: JwtNeeds, { body, origin }: JwtRequest): Promise<Answer> => {
  const texts = requireTexts(body, ["username", "email", "password"], messages.registrationFieldsRequired);
  const email = requireEmail(texts.email);
  const username = requireUsername(texts.username);
  const language = parseLanguage(body["language_code"]);
  try {
    const registration = { username, email, password: texts.password, language, origin };
    if (needs.policy.profile === "contract") await registerAccount(needs, registration);
    else await startLinkRegistration(needs, { ...registration, linkTo: (token) => verifyLink(needs, token) });
  } catch (error) {
    // The store answered when the request was counted, so it failed inside the attempt: the page's 500, not its 503.
    if (Refusal.is(error, "store-unavailable"))
      throw new Error("the store failed during a registration", { cause: error });
    throw error;
  }
  return { status: 201, body: { message: messages.userCreated } };
};
