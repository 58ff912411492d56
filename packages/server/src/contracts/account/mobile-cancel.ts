import { cancelHandoff } from "#core/handoffs/cancel-handoff.js";
import type { Answer } from "#http/answer.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { claimOf } from "./mobile-browser.js";
import { redirectToApp } from "./mobile-redirect.js";
import { onPage } from "./mobile-step.js";

/** `POST /mobile/cancel/` with `handoff` as a form: back to the app, with nobody signed in. */
export const mobileCancel = (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
  onPage(request, async () => redirectToApp(needs.policy.profile, await cancelHandoff(needs, claimOf(needs, request))));
