import { publishedKeysLiveIn } from "#core/signing-keys/signing-key.js";
import type { Answer } from "#http/answer.js";
import type { JwtNeeds } from "./jwt-request.js";

/** `GET /.well-known/jwks.json`: a key stands here for longer than the answer is cacheable before it signs. */
export const wellKnownJwks = async (needs: JwtNeeds): Promise<Answer> => ({
  status: 200,
  headers: {
    "cache-control": `public, max-age=${publishedKeysLiveIn / 1000}`,
    "content-type": "application/jwk-set+json",
  },
  body: await needs.publishedKeys(),
});
