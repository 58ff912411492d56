import { mayReceiveCode } from "#core/identities/redirect-address.js";
import { startOauthVisit } from "#core/identities/start-oauth-visit.js";
import type { Answer } from "#http/answer.js";
import { secondsUntil, success } from "./envelope.js";
import { readFields, text } from "./fields.js";
import { fieldMessages } from "./messages.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";

const fields = {
  redirect_uri: text(2_000, (sent) => (mayReceiveCode(sent) ? { value: sent } : { failure: fieldMessages.notAUrl })),
};

/** `GET /auth/oauth/{provider}/url` */
export const oauthUrl = async (needs: PlatformNeeds, request: PlatformRequest): Promise<Answer> => {
  const { redirect_uri: redirectUri } = await readFields({ ...request, body: request.query }, fields);
  const visit = await startOauthVisit(needs, { provider: request.params["provider"] ?? "", redirectUri });
  return success({
    url: visit.url,
    state: visit.state,
    nonce: visit.nonce,
    code_verifier: visit.codeVerifier,
    expires_in: secondsUntil(visit.expiresAt, needs.clock.now()),
  });
};
