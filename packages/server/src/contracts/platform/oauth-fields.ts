import type { OauthProof } from "#core/identities/prove-external-identity.js";
import { asSent, type Field, text, type ValuesOf } from "./fields.js";
import { fieldMessages } from "./messages.js";

/** What has to fit may be left out: it then fits nothing, which is told as that. Nothing is trimmed. */
const brought =
  (maximum: number): Field<string | undefined> =>
  (sent) => {
    if (sent === undefined || sent === null || sent === "") return { value: undefined };
    if (typeof sent !== "string") return { failure: fieldMessages.notText };
    return sent.length > maximum ? { failure: fieldMessages.tooLong(maximum) } : { value: sent };
  };

/** The fields of `/auth/oauth`, which entries have, too. */
export const oauthFields = {
  provider: text(64, asSent),
  code: brought(8_192),
  state: brought(4_096),
  redirect_uri: brought(2_000),
  code_verifier: brought(256),
  nonce: brought(256),
  iss: brought(2_000),
  id_token: brought(32_768),
};

export const proofOf = (sent: ValuesOf<typeof oauthFields>): OauthProof => ({
  provider: sent.provider,
  state: sent.state,
  nonce: sent.nonce,
  code: sent.code,
  redirectUri: sent.redirect_uri,
  codeVerifier: sent.code_verifier,
  issuer: sent.iss,
  idToken: sent.id_token,
});
