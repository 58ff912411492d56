import { getOwnHandoff } from "#core/handoffs/own-handoff.js";
import { signInForHandoff } from "#core/handoffs/sign-in-for-handoff.js";
import { startHandoff } from "#core/handoffs/start-handoff.js";
import { visitProvider } from "#core/handoffs/visit-provider.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { Answered } from "#http/answered.js";
import { InvalidFields } from "#http/invalid-fields.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { browserSecretOf, claimOf, pageLanguageOf, parameterOf, rememberBrowser, textIn } from "./mobile-browser.js";
import { callbackUri } from "./mobile-callback.js";
import { mobileWords } from "./mobile-messages.js";
import { languageOf, type Problem } from "./mobile-page.js";
import { redirectTo, redirectToApp } from "./mobile-redirect.js";
import { again, frameOf, onPage, signIn, signInAgain } from "./mobile-step.js";

/** `GET /mobile/login/?redirect_uri=…&provider=…`: the sign-in page, or on to the provider. */
export const mobileLogin = (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
  onPage(request, async () => {
    const provider = parameterOf(request, "provider");
    const { handoff, browserSecret } = await startHandoff(needs, {
      provider,
      redirectUri: parameterOf(request, "redirect_uri"),
      clientState: parameterOf(request, "state"),
      codeChallenge: parameterOf(request, "code_challenge"),
      codeChallengeMethod: parameterOf(request, "code_challenge_method"),
      language: pageLanguageOf(request),
      browserSecret: browserSecretOf(needs, request),
    });
    const headers = rememberBrowser(needs, browserSecret);
    if (provider === undefined) return signIn(needs, { ...frameOf(needs, handoff), headers });
    try {
      const address = await visitProvider(needs, { handoff, provider, callbackUri: callbackUri(needs, provider) });
      return redirectTo(address, headers);
    } catch (failure) {
      throw failure instanceof Refusal ? signInAgain(needs, handoff, { failure, headers }) : failure;
    }
  });

/** `POST /mobile/login/` with `handoff`, `email` and `password` as a form. */
export const mobileLoginForm = (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
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
