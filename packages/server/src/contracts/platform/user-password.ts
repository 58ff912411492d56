import { setOwnPassword } from "#core/factors/set-own-password.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import { password, readFields } from "./fields.js";
import type { PlatformNeeds, UserRequest } from "./platform-request.js";

/** `PUT /user/password` */
export const putUserPassword = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> => {
  const { user, origin } = request;
  const sent = await readFields(request, { new_password: password });
  await setOwnPassword(needs, { user, password: sent.new_password, origin });
  return success();
};
