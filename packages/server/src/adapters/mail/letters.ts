import type { LetterWriter } from "#core/outbox/letter-writer.js";
import type { Letter } from "#core/outbox/message.js";
import { englishLetters } from "./english-letters.js";
import { letterHtml } from "./letter-html.js";
import type { LetterOf, LetterWords, Wording } from "./letter-words.js";
import { persianLetters } from "./persian-letters.js";
import { russianLetters } from "./russian-letters.js";

const spoken: ReadonlyMap<string, LetterWords> = new Map(
  [englishLetters, persianLetters, russianLetters].map((words) => [words.language, words]),
);

/** Writes letters in the name of `service`: what people know this installation by. */
export const createLetterWriter = (service: string): LetterWriter => ({
  write(letter, language) {
    const words = spoken.get(language.split("-", 1)[0] ?? "") ?? englishLetters;
    const { subject, before, after } = wordingOf(words, letter, service);
    const closing = words.closing(service);
    const [code, link] = ["code" in letter ? letter.code : undefined, "link" in letter ? letter.link : undefined];
    const hasKey = code ?? link;
    return {
      language: words.language,
      subject,
      // The code has a line of its own without any mark of direction, which would be copied along.
      text: `${[...before, ...(hasKey === undefined ? [] : [hasKey]), ...after, `-- \n${closing}`].join("\n\n")}\n`,
      html: letterHtml({ words, subject, before, code, link, after, closing }),
    };
  },
});

const wordingOf = <Kind extends Letter["kind"]>(words: LetterWords, letter: LetterOf<Kind>, service: string): Wording =>
  words.letters[letter.kind as Kind](letter, service);
