import { isCancelLinkLive, stopRecovery } from "#core/recovery/stop-recovery.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { donePage, formPage, readForm, textOf } from "./link-page.js";
import type { PageNeeds, PageRequest } from "./platform-request.js";

/** `GET /cancel-recovery?token=…`: a page whose button posts the token. Spends nothing: mail scanners follow links. */
export const showCancelRecovery = async (needs: PageNeeds, { query, language }: PageRequest): Promise<Answer> => {
  const token = textOf(query["token"]);
  if (!(await isCancelLinkLive(needs, token))) throw new Refusal("link-invalid", { purpose: "cancel-recovery" });
  return formPage("cancelRecovery", language, { token });
};

/** `POST /cancel-recovery` by the page's form. */
export const cancelRecovery = async (needs: PageNeeds, request: PageRequest): Promise<Answer> => {
  await stopRecovery(needs, { token: textOf(readForm(request)["token"]), origin: request.origin });
  return donePage("cancelRecovery", request.language);
};
