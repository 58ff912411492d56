import { isMemorableWord } from "#core/factors/letters.js";
import { setMemorableWords } from "#core/factors/set-memorable-words.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import { type Field, listOf, readFields, text } from "./fields.js";
import { fieldMessages } from "./messages.js";
import type { PlatformNeeds, UserRequest } from "./platform-request.js";

/** `PUT /user/memorable` */
export const putUserMemorable = async (needs: PlatformNeeds, request: UserRequest): Promise<Answer> => {
  const { user, origin } = request;
  const { words } = await readFields(request, { words: oneOrTwo });
  await setMemorableWords(needs, { user, words, origin });
  return success();
};

/** As long as 30 letters with all their marks may be. */
const word: Field<string> = text(2000, (value) =>
  isMemorableWord(value) ? { value } : { failure: fieldMessages.notAWord },
);

const oneOrTwo: Field<readonly string[]> = (sent) => {
  const checked = listOf(2, word)(sent);
  return "value" in checked && checked.value.length === 0 ? { failure: fieldMessages.tooFew(1) } : checked;
};
