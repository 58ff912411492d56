import type { Handoff } from "#core/handoffs/handoff.js";
import { type BrowserClaim, getOwnHandoff } from "#core/handoffs/own-handoff.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { Answered } from "#http/answered.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { pageLanguageOf } from "./mobile-browser.js";
import { type PageError, pageErrorOf, speakOnPage } from "./mobile-errors.js";
import { mobileWords } from "./mobile-messages.js";
import { languageOf, type PageFrame, signInPage } from "./mobile-page.js";

/** Answers on a page in the request's language, also when it is refused or fails. */
export const onPage = async (request: AccountRequest, work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Answered) throw error;
    throw new Answered(speakOnPage(error, pageLanguageOf(request)), error);
  }
};

/** The frame of a page on which nothing went wrong. */
export const frameOf = (needs: AccountNeeds, handoff: Handoff): PageFrame => ({
  status: 200,
  base: new URL(needs.policy.handoff.baseUrl).pathname.replace(/\/$/, ""),
  handoff,
  problems: [],
  headers: {},
});

/** The sign-in form again, with what was refused above it. */
export const signInAgain = (
  needs: AccountNeeds,
  handoff: Handoff,
  refused: { readonly failure: unknown; readonly email?: string; readonly headers?: PageFrame["headers"] },
): Answered => {
  const { status, text, headers } = tellIn(needs, handoff, refused.failure);
  const frame = {
    ...frameOf(needs, handoff),
    status,
    problems: [{ text }],
    headers: { ...headers, ...refused.headers },
  };
  return new Answered(signIn(needs, frame, refused.email), refused.failure);
};

/** Of a refused step of a hand-off that still waits: the sign-in form again. Of any other: the failure as it is. */
export const again = async (
  needs: AccountNeeds,
  claim: BrowserClaim,
  refused: { readonly failure: unknown; readonly email?: string },
): Promise<unknown> => {
  if (!(refused.failure instanceof Refusal)) return refused.failure;
  try {
    return signInAgain(needs, await getOwnHandoff(needs, claim), refused);
  } catch (error) {
    return Refusal.is(error, "handoff-unknown") ? refused.failure : error;
  }
};

export const signIn = (needs: AccountNeeds, frame: PageFrame, email = ""): Answer =>
  signInPage(frame, { providers: needs.identityProviders.all, email });

/** What a page of the hand-off says of a failure. */
export const tellIn = (needs: AccountNeeds, handoff: Handoff, failure: unknown): PageError =>
  pageErrorOf(failure, {
    words: mobileWords[languageOf(handoff)],
    titleOf: (provider) => titleOf(needs, provider),
  });

export const titleOf = ({ identityProviders }: AccountNeeds, provider: string): string =>
  identityProviders.all.find(({ name }) => name === provider)?.title ?? provider;
