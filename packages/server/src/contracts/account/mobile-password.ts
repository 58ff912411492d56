import { getOwnHandoff } from "#core/handoffs/own-handoff.js";
import { signInForHandoff } from "#core/handoffs/sign-in-for-handoff.js";
import type { Answer } from "#http/answer.js";
import { Answered } from "#http/answered.js";
import { InvalidFields } from "#http/invalid-fields.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { claimOf, textIn } from "./mobile-browser.js";
import { mobileWords } from "./mobile-messages.js";
import { languageOf, type Problem } from "./mobile-page.js";
import { redirectToApp } from "./mobile-redirect.js";
import { again, frameOf, onPage, signIn } from "./mobile-step.js";

/** `POST /mobile/password/` with `handoff`, `email` and `password` as a form. */
export const mobilePassword = (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
  onPage(request, async () => {
    const claim = claimOf(needs, request);
    const [email, password] = [textIn(request, "email").trim(), textIn(request, "password")];
    const handoff = await getOwnHandoff(needs, claim);
    const words = mobileWords[languageOf(handoff)];
    const missing: readonly Problem[] = [
      ...(email === "" ? [{ field: "email", text: words.emailMissing } as const] : []),
      ...(password === "" ? [{ field: "password", text: words.passwordMissing } as const] : []),
    ];
    if (missing.length > 0) {
      const frame = { ...frameOf(needs, handoff), status: 400, problems: missing };
      throw new Answered(signIn(needs, frame, email), invalid(missing));
    }
    try {
      const back = await signInForHandoff(needs, { ...claim, email, password, origin: request.origin });
      return redirectToApp(needs.policy.profile, back);
    } catch (failure) {
      throw await again(needs, claim, { failure, email });
    }
  });

const invalid = (problems: readonly Problem[]): InvalidFields =>
  new InvalidFields(problems.map(({ field = "form", text }) => ({ field, message: text })));
