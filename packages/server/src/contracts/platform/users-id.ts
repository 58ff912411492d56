import type { AccountView } from "#core/accounts/account-view.js";
import { getUser } from "#core/accounts/get-user.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";
import { userOf } from "./user-view.js";

/** `GET /users/{id}` */
export const showUsersId = async (needs: PlatformNeeds, { params }: PlatformRequest): Promise<Answer> =>
  success({ user: userFor(needs, await getUser(needs.stores, params["id"] ?? "")) });

/** The user as a server may see him: without the scope for personal data nothing tells who he is. */
export const userFor = ({ apiKey }: Pick<PlatformNeeds, "apiKey">, view: AccountView): object => {
  const user = userOf(view);
  if (apiKey.policy.scopes.includes("personal-data")) return user;
  const { id, language, status, created_at } = user;
  return { id, language, status, created_at };
};
