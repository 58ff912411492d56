import { signOutClient } from "#core/sign-in/sign-out-client.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import type { PlatformNeeds, TokenRequest } from "./platform-request.js";

/** `POST /auth/logout` */
export const logout = async (needs: PlatformNeeds, { bearer, origin }: TokenRequest): Promise<Answer> => {
  await signOutClient(needs, { bearer, origin });
  return success();
};
