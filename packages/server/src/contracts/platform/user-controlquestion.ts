import { foldAnswer } from "#core/factors/control-question.js";
import { isSelfEvident, setControlQuestion } from "#core/factors/set-control-question.js";
import { codePointLength } from "#core/passwords/password-policy.js";
import { Refusal } from "#core/refusal.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import { type Field, plainText, readFields, text } from "./fields.js";
import { fieldMessages } from "./messages.js";
import type { PlatformNeeds, UserRequest } from "./platform-request.js";

const longest = 200;

/** Short also as it is compared: one character may stand for eighteen. */
const controlAnswer: Field<string> = text(longest, (value) =>
  codePointLength(foldAnswer(value)) > longest ? { failure: fieldMessages.tooLong(longest) } : { value },
);

/** `PUT /user/controlquestion`: only where the key's policy has it, since questions are guessed (ASVS 5.0, 6.4.2). */
export const putUserControlquestion = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> => {
  const { apiKey } = needs;
  if (!apiKey.policy.factors.controlQuestion)
    throw new Refusal("access-restricted", { reason: "factor", keyId: apiKey.id });
  const { user, origin } = request;
  const { question, answer } = await readFields(
    request,
    { question: plainText(longest), answer: controlAnswer },
    (passed) => {
      const { question: asked = "", answer: given } = passed;
      if (given === undefined || !isSelfEvident(given, { question: asked, identifiers: user.identifiers })) return {};
      return { answer: [fieldMessages.selfEvident] };
    },
  );
  await setControlQuestion(needs, { user, question, answer, origin });
  return success();
};
