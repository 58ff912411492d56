import { recoverByLink, requireRecoveryLink } from "#core/recovery/recover-by-link.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { Answered } from "#http/answered.js";
import { advice, donePage, formPage, readForm, textOf } from "./link-page.js";
import type { PageNeeds, PageRequest } from "./platform-request.js";

/** `GET /recover?client=…&token=…`: the form. Spends nothing: mail scanners follow links. */
export const showRecover = async (needs: PageNeeds, { query, language }: PageRequest): Promise<Answer> => {
  const link = { client: textOf(query["client"]), token: textOf(query["token"]) };
  await requireRecoveryLink(needs, { clientId: link.client, token: link.token });
  return formPage("recover", language, link);
};

/** `POST /recover` by the form. A refused password gives the form again, with what to mend. */
export const recover = async (needs: PageNeeds, request: PageRequest): Promise<Answer> => {
  const { origin, language } = request;
  const sent = readForm(request);
  const { client, token } = { client: textOf(sent["client"]), token: textOf(sent["token"]) };
  try {
    await recoverByLink(needs, { link: { clientId: client, token }, password: textOf(sent["password"]), origin });
  } catch (error) {
    if (!Refusal.is(error, "password-unacceptable")) throw error;
    throw new Answered(formPage("recover", language, { client, token, faults: advice(error, language) }), error);
  }
  return donePage("recover", language);
};
