import { nameInLetter } from "#adapters/mail/name-in-letter.js";
import type { SmsWriter } from "#core/outbox/letter-writer.js";
import type { Letter } from "#core/outbox/message.js";
import { englishTexts } from "./english-texts.js";
import { persianTexts } from "./persian-texts.js";
import { russianTexts } from "./russian-texts.js";
import type { LetterOf, SmsWords } from "./sms-words.js";

const spoken: ReadonlyMap<string, SmsWords> = new Map(
  [englishTexts, persianTexts, russianTexts].map((words) => [words.language, words]),
);

/** Characters of a service's name that are told: an SMS is short. */
const longestName = 30;

/**
 * Writes SMS in the name of `service`. A code or link stands on a line of its own, a code first, without any mark of direction, so that it is
 * copied, and filled in by the telephone, as it is.
 */
export const createSmsWriter = (service: string): SmsWriter => ({
  write(letter, language) {
    const words = spoken.get(language.split("-", 1)[0] ?? "") ?? englishTexts;
    const told = "provider" in letter ? { ...letter, provider: nameInSms(letter.provider) } : letter;
    const text = textOf(words, told, nameInSms(service));
    if ("code" in letter) return `${letter.code}\n${text}`;
    return "link" in letter ? `${text}\n${letter.link}` : text;
  },
});

/** One mark of direction would double the cost of a Latin text. */
const nameInSms = (name: string): string =>
  Array.from(nameInLetter(name, "ltr").replaceAll(/[\u2068\u2069]/g, ""))
    .slice(0, longestName)
    .join("");

const textOf = <Kind extends Letter["kind"]>(words: SmsWords, letter: LetterOf<Kind>, service: string): string =>
  words.texts[letter.kind as Kind](letter, service);
