import { startHandoff } from "#core/handoffs/start-handoff.js";
import { visitProvider } from "#core/handoffs/visit-provider.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { browserSecretOf, pageLanguageOf, parameterOf, rememberBrowser } from "./mobile-browser.js";
import { callbackUri } from "./mobile-callback.js";
import { redirectTo } from "./mobile-redirect.js";
import { frameOf, onPage, signIn, signInAgain } from "./mobile-step.js";

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
