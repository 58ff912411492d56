import { checkMemorableStep } from "#core/sign-in/check-memorable-step.js";
import type { Answer } from "#http/answer.js";
import { progressAnswer } from "./envelope.js";
import { type Field, object, readFields } from "./fields.js";
import { fieldMessages } from "./messages.js";
import type { PlatformNeeds, SessionRequestOf } from "./platform-request.js";

/** More than any challenge asks for. */
const mostLetters = 10;
/** In UTF-16 units: a letter with its marks. */
const longestLetter = 32;

/** `{"2":"r","5":"k","8":"a"}`; which positions there must be is judged with the letters. */
const letters: Field<ReadonlyMap<number, string>> = (sent) => {
  const checked = object(sent);
  if ("failure" in checked) return checked;
  const members = Object.entries(checked.value);
  if (members.length > mostLetters) return { failure: fieldMessages.notLetters };
  const read = new Map<number, string>();
  for (const [position, letter] of members) {
    const isLetter = typeof letter === "string" && letter !== "" && letter.length <= longestLetter;
    if (!isLetter || !/^[1-9][0-9]?$/.test(position)) return { failure: fieldMessages.notLetters };
    read.set(Number(position), letter);
  }
  return { value: read };
};

/** `POST /auth/checkmemorable` */
export const checkmemorable = async (needs: PlatformNeeds, request: SessionRequestOf): Promise<Answer> => {
  const { session, origin, language } = request;
  const sent = await readFields(request, { memorable_letters: letters });
  const progress = await checkMemorableStep(needs, { session, letters: sent.memorable_letters, origin });
  return progressAnswer(progress, { now: needs.clock.now(), language });
};
