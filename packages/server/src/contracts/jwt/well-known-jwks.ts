import type { Answer } from "#http/answer.js";
import type { JwtNeeds } from "./jwt-request.js";

/** `GET /.well-known/jwks.json`: a key that has just been made is found by asking again, as JWKS clients do for an unknown `kid`. */
export const wellKnownJwks = async (needs: JwtNeeds): Promise<Answer> => ({
  status: 200,
  headers: { "cache-control": "public, max-age=300", "content-type": "application/jwk-set+json" },
  body: await needs.publishedKeys(),
});
