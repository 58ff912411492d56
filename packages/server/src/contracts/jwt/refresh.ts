import { refreshSession } from "#core/sessions/refresh-session.js";
import type { Answer } from "#http/answer.js";
import { requireBearerToken } from "./authentication.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";

/** `POST /refresh` */
export const refresh = async (needs: JwtNeeds, request: JwtRequest): Promise<Answer> => {
  const token = requireBearerToken(request);
  const { accessToken, refreshToken } = await refreshSession(needs, { token, origin: request.origin });
  const rotated = refreshToken === undefined ? {} : { refresh_token: refreshToken };
  return { status: 200, body: { access_token: accessToken, ...rotated } };
};
