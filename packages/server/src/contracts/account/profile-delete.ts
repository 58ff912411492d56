import { deleteOwnAccount } from "#core/accounts/delete-own-account.js";
import { authenticateKey } from "#core/sessions/authenticate-key.js";
import type { Answer } from "#http/answer.js";
import { type AccountNeeds, type AccountRequest, say } from "./account-request.js";
import { requireKey } from "./authentication.js";
import { successAnswer } from "./envelope.js";
import { messages } from "./messages.js";

/** `DELETE /profile/delete/` */
export const profileDelete = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const { account, identifiers } = await authenticateKey(needs, requireKey(request));
  await deleteOwnAccount(needs, { account, identifiers, origin: request.origin });
  return successAnswer(200, say(request, messages.accountDeleted));
};
