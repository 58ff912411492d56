import { getProof } from "#core/handoffs/get-proof.js";
import type { BrowserClaim } from "#core/handoffs/own-handoff.js";
import { proveLink } from "#core/handoffs/prove-link.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { Answered } from "#http/answered.js";
import { InvalidFields } from "#http/invalid-fields.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { claimOf, textIn } from "./mobile-browser.js";
import { mobileWords } from "./mobile-messages.js";
import { codePage, languageOf } from "./mobile-page.js";
import { redirectToApp } from "./mobile-redirect.js";
import { again, frameOf, onPage, tellIn, titleOf } from "./mobile-step.js";

/** `POST /mobile/code/` with `handoff` and `code` as a form: the owner of an address wants an identity linked to his account. */
export const mobileCode = (needs: AccountNeeds, request: AccountRequest): Promise<Answer> =>
  onPage(request, async () => {
    const claim = claimOf(needs, request);
    const code = asciiDigits(textIn(request, "code"));
    if (!/^[0-9]{6}$/.test(code)) throw await codeAgain(needs, claim, undefined);
    try {
      return redirectToApp(needs.policy.profile, await proveLink(needs, { ...claim, code, origin: request.origin }));
    } catch (failure) {
      const isGuess = Refusal.is(failure, "code-wrong") && failure.details.wasEvaluated;
      throw await (isGuess ? codeAgain(needs, claim, failure) : again(needs, claim, { failure }));
    }
  });

/** The form for the code again; without a failure, no code was sent along. */
const codeAgain = async (needs: AccountNeeds, claim: BrowserClaim, failure: Refusal | undefined): Promise<Answered> => {
  const { handoff, provider, email } = await getProof(needs, claim);
  const words = mobileWords[languageOf(handoff)];
  const { status, text } =
    failure === undefined ? { status: 400, text: words.codeMissing } : tellIn(needs, handoff, failure);
  const frame = { ...frameOf(needs, handoff), status, problems: [{ field: "code", text } as const] };
  const page = codePage(frame, { provider: titleOf(needs, provider), email: email.displayValue });
  return new Answered(page, failure ?? new InvalidFields([{ field: "code", message: text }]));
};

const zeros = [0x0660, 0x06f0];

/** A code as people type or paste it: with blanks, or in the digits of Arabic and Persian. */
const asciiDigits = (text: string): string =>
  text.replace(/[\s\u200c-\u200f\u2066-\u2069-]/g, "").replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => {
    const point = digit.codePointAt(0) ?? 0;
    return String(point - (zeros.findLast((zero) => zero <= point) ?? 0));
  });
