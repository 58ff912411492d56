import { signInWithPassword } from "#core/sign-in/sign-in-with-password.js";
import type { Answer } from "#http/answer.js";
import { requireTexts } from "./fields.js";
import { messages } from "./messages.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";

/** `POST /login` */
export const login = async (needs: JwtNeeds, { body, origin }: JwtRequest): Promise<Answer> => {
  const { email, password } = requireTexts(body, ["email", "password"], messages.loginFieldsRequired);
  const rotate = body["rotate"] === true;
  const { accessToken, refreshToken } = await signInWithPassword(needs, { email, password, rotate, origin });
  return {
    status: 200,
    body: { message: messages.loginSuccessful, access_token: accessToken, refresh_token: refreshToken },
  };
};
