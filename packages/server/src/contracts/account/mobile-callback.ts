import type { ProviderAnswer } from "#core/handoffs/identity-providers.js";
import { type ProviderReturn, returnFromProvider } from "#core/handoffs/return-from-provider.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { browserSecretOf } from "./mobile-browser.js";
import { codePage } from "./mobile-page.js";
import { redirectTo, redirectToApp } from "./mobile-redirect.js";
import { frameOf, onPage, signInAgain, titleOf } from "./mobile-step.js";

/** Below the mount; each provider has its own, so that none can answer for another (RFC 9700 section 4.4.2). */
export const callbackPath = (provider: string): string => `/mobile/callback/${provider}/`;

/** Where a provider sends browsers back to; it has to know this address. */
export const callbackUri = ({ policy }: AccountNeeds, provider: string): string =>
  `${policy.handoff.baseUrl}${callbackPath(provider)}`;

/** `GET /mobile/callback/<provider>/`: what the browser brings from the provider. */
export const mobileCallback =
  (provider: string) =>
  (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
    onPage(request, async () => {
      const returned = await returnFromProvider(needs, {
        provider,
        answer: answerIn(request.query),
        callbackUri: callbackUri(needs, provider),
        browserSecret: browserSecretOf(needs, request),
        origin: request.origin,
      });
      return answerTo(needs, provider, returned);
    });

/**
 * `POST /mobile/callback/<provider>/`: the same as a form (OAuth 2.0 Form Post Response Mode). It comes from another site, so that the
 * browser holds our cookie back; it sends it when it comes again by GET.
 */
export const mobileCallbackForm =
  (provider: string) =>
  (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
    onPage(request, async () => {
      const answer = answerIn(request.body);
      return redirectTo(`${callbackUri(needs, provider)}?${new URLSearchParams(answer).toString()}`);
    });

/** In characters; no answer that means something is longer. */
const longestParameter = 4_096;
const parameters = ["code", "state", "iss", "error", "error_description", "response", "id_token", "user"] as const;

const answerIn = (sent: Readonly<Record<string, unknown>>): ProviderAnswer => {
  const found = parameters.flatMap((name) => (Object.hasOwn(sent, name) ? [[name, sent[name]] as const] : []));
  return Object.fromEntries(
    found.map(([name, value]) => {
      if (typeof value !== "string" || value.length > longestParameter)
        throw new Refusal("handoff-unknown", { reason: `${name}-unfit` });
      return [name, value];
    }),
  );
};

const answerTo = (needs: AccountNeeds, provider: string, returned: ProviderReturn): Answer => {
  switch (returned.kind) {
    case "back":
      return redirectToApp(needs.policy.profile, returned.back);
    case "proof": {
      const { handoff, email } = returned;
      return codePage(frameOf(needs, handoff), { provider: titleOf(needs, provider), email });
    }
    case "failed":
      throw signInAgain(needs, returned.handoff, { failure: returned.refusal });
  }
};
