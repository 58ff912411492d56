/**
 * The letters of a word as its reader sees them: a base with its marks is one, whatever the script and direction (UAX #29). The word
 * has been checked by `isMemorableWord`.
 */
export const lettersOf = (word: string): readonly string[] =>
  Array.from(segmenter.segment(word.normalize("NFC")), ({ segment }) => segment);

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** A letter as it is compared: without case, width, and what shows nothing. */
export const foldLetter = (letter: string): string =>
  [...letter.slice(0, longestLetter).normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC")]
    .filter((character) => !invisible.test(character))
    .map((character) => otherKeyboards.get(character) ?? character)
    .join("");

/** Far above any letter; a bound on the work. */
const longestLetter = 64;
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\s]/u;

/** Arabic keyboards have other code points for letters that Persian ones show alike. */
const otherKeyboards: ReadonlyMap<string, string> = new Map([
  ["\u064a", "\u06cc"],
  ["\u0649", "\u06cc"],
  ["\u0643", "\u06a9"],
]);

/** 8 to 30 letters, each of them seen. */
export const isMemorableWord = (word: string): boolean => {
  if (word.length > mostLetters * longestLetter || crowded.test(word)) return false;
  const letters = lettersOf(word);
  return letters.length >= fewestLetters && letters.length <= mostLetters && letters.every(isSeen);
};

const fewestLetters = 8;
const mostLetters = 30;
/** Beyond the Stream-Safe Text Format (UAX #15): sorting so many marks takes time quadratic in their number. */
const crowded = /\p{M}{31}/u;

const isSeen = (letter: string): boolean =>
  letter.length <= longestLetter && !/^[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]/u.test(letter);
