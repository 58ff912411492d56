import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import type { PlatformNeeds, UserRequest } from "./platform-request.js";
import { userOf } from "./user-view.js";

/** `GET /user` */
export const showUser = async (needs: PlatformNeeds, { user }: UserRequest): Promise<Answer> => {
  const { account, identifiers } = user;
  const profile = await needs.stores.profiles.find(account.id);
  return success({ user: userOf({ account, identifiers, profile }) });
};
