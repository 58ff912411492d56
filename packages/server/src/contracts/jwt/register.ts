import { parseLanguage } from "#core/language.js";
import { Refusal } from "#core/refusal.js";
import { registerAccount } from "#core/registration/register-account.js";
import type { Answer } from "#http/answer.js";
import { requireEmail, requireTexts, requireUsername } from "./fields.js";
import { messages } from "./messages.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";

/** `POST /register` */
export const register = async (needs: JwtNeeds, { body, origin }: JwtRequest): Promise<Answer> => {
  const texts = requireTexts(body, ["username", "email", "password"], messages.registrationFieldsRequired);
  const email = requireEmail(texts.email);
  const username = requireUsername(texts.username);
  const language = parseLanguage(body["language_code"]);
  try {
    await registerAccount(needs, { username, email, password: texts.password, language, origin });
  } catch (error) {
    // The store answered when the request was counted, so it failed inside the attempt: the page's 500, not its 503.
    if (Refusal.is(error, "store-unavailable"))
      throw new Error("the store failed during a registration", { cause: error });
    throw error;
  }
  return { status: 201, body: { message: messages.userCreated } };
};
