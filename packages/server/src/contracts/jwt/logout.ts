import { signOut } from "#core/sessions/sign-out.js";
import type { Answer } from "#http/answer.js";
import { requireBearerToken } from "./authentication.js";
import { messages } from "./messages.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";

/** `POST /logout` */
export const logout = async (needs: JwtNeeds, request: JwtRequest): Promise<Answer> => {
  await signOut(needs, { token: requireBearerToken(request), origin: request.origin });
  return { status: 200, body: { message: messages.loggedOut } };
};
