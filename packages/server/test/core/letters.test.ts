import assert from "node:assert/strict";
import { test } from "node:test";
import { foldLetter, isMemorableWord, lettersOf } from "#core/factors/letters.js";

const words: readonly (readonly [what: string, word: string, letters: readonly string[]])[] = [
  ["Latin", "zoetrope", ["z", "o", "e", "t", "r", "o", "p", "e"]],
  ["a letter and its accent in two code points", "zoe\u0308zo\u00eb", ["z", "o", "\u00eb", "z", "o", "\u00eb"]],
  ["Persian, first letter first", "باران", ["ب", "ا", "ر", "ا", "ن"]],
  ["Persian with short vowels", "بَدرود", ["بَ", "د", "ر", "و", "د"]],
  ["Persian with a zero-width non-joiner", "می‌روم", ["م", "ی\u200c", "ر", "و", "م"]],
  ["Hebrew with points", "שָׁלוֹם", ["שָׁ", "ל", "וֹ", "ם"]],
  ["Devanagari", "नमस्ते", ["न", "म", "स्ते"]],
  ["Hangul in jamo", "\u1112\u1161\u11ab\u1100\u1173\u11af", ["한", "글"]],
  ["emoji with joiners, skin and flags", "👩‍👩‍👧👍🏽🇮🇷", ["👩‍👩‍👧", "👍🏽", "🇮🇷"]],
  ["letters beyond the first plane", "𝒜𠀋", ["𝒜", "𠀋"]],
];

for (const [what, word, letters] of words) {
  test(`letters are what is seen: ${what}`, () => assert.deepEqual(lettersOf(word), letters));
}

const same: readonly (readonly [what: string, one: string, other: string])[] = [
  ["another case", "k", "K"],
  ["another width", "Ｋ", "k"],
  ["composed and decomposed", "\u00eb", "e\u0308"],
  ["the end of a word in Greek", "ς", "σ"],
  ["an Arabic yeh", "ي", "ی"],
  ["an Arabic kaf", "ك", "ک"],
  ["a form of presentation", "ﺏ", "ب"],
  ["with and without a non-joiner", "ی\u200c", "ی"],
  ["blanks around it", " r ", "r"],
];

for (const [what, one, other] of same) {
  test(`two letters are one: ${what}`, () => assert.equal(foldLetter(one), foldLetter(other)));
}

const different: readonly (readonly [what: string, one: string, other: string])[] = [
  ["an accent", "e", "é"],
  ["a short vowel", "ب", "بَ"],
  ["a Cyrillic look-alike", "a", "а"],
  ["madde", "ا", "آ"],
  ["another skin", "👍🏽", "👍🏿"],
  ["nothing", "a", ""],
];

for (const [what, one, other] of different) {
  test(`two letters are two: ${what}`, () => assert.notEqual(foldLetter(one), foldLetter(other)));
}

const verdicts: readonly (readonly [what: string, word: string, is: boolean])[] = [
  ["7 letters", "abcdefg", false],
  ["8 letters", "abcdefgh", true],
  ["30 letters", "a".repeat(30), true],
  ["31 letters", "a".repeat(31), false],
  ["8 letters in 16 code points", "e\u0308".repeat(8), true],
  ["7 letters in 14 code points", "e\u0308".repeat(7), false],
  ["30 emoji of many code points", "👩‍👩‍👧".repeat(30), true],
  ["8 Persian letters with a non-joiner", "می‌خواهمش", true],
  ["a blank in it", "correct horse", false],
  ["a line break", "correct\nhorse", false],
  ["NUL", "correct\0horse", false],
  ["a mark that stands alone", "\u0301abcdefgh", false],
  ["zero-width letters", `${"\u200b".repeat(8)}abcdefgh`, false],
  ["a turn of direction", "\u202eabcdefgh", false],
  ["half a surrogate pair", "\ud83dabcdefgh", false],
  ["31 marks on one letter", `abcdefgh${"\u0301".repeat(31)}`, false],
  ["30 marks on one letter", `abcdefgh${"\u0301".repeat(30)}`, true],
  ["nothing", "", false],
];

for (const [what, word, is] of verdicts) {
  test(`is ${is ? "" : "no "}memorable word: ${what}`, () => assert.equal(isMemorableWord(word), is));
}

test("a letter of 64 KB is folded in no time, and fits nothing", () => {
  const began = performance.now();
  assert.notEqual(foldLetter(`a${"\u0301\u0323".repeat(32_000)}`), foldLetter("a"));
  assert.ok(performance.now() - began < 50);
});
