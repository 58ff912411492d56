import { signInWithProvider } from "#core/sign-in/sign-in-with-provider.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { readFields } from "./fields.js";
import { oauthFields, proofOf } from "./oauth-fields.js";
import type { PlatformNeeds, PlatformRequest } from "./platform-request.js";

/** `POST /auth/oauth` */
export const oauth = async (needs: PlatformNeeds, request: PlatformRequest): Promise<Answer> => {
  const proof = proofOf(await readFields(request, oauthFields));
  const progress = await signInWithProvider(needs, { proof, origin: request.origin });
  return progressAnswer(progress, { now: needs.clock.now(), language: request.language });
};
