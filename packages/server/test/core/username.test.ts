import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseUsername } from "#core/identities/username.js";

const equal: readonly (readonly [when: string, one: string, other: string])[] = [
  ["another case", "Ada", "aDA"],
  ["blanks around it", "  Ada\t", "ada"],
  ["full-width letters", "Ａｄａ", "ada"],
  ["composed and decomposed", "Zo\u00eb", "Zoe\u0308"],
  ["a ligature", "ﬁona", "fiona"],
  ["ß and ss", "Strauß", "STRAUSS"],
  ["capital ẞ", "STRAUẞ", "strauß"],
  ["both small sigmas", "σας", "σασ"],
  ["long ſ", "ſam", "Sam"],
  ["the Kelvin sign", "\u212aate", "kate"],
  ["superscript digits", "ada²", "ada2"],
  ["Cherokee, whose capitals fold", "Ꭰꭰ", "ꭰꭰ"],
];

for (const [when, one, other] of equal) {
  test(`two user names are one: ${when}`, () => {
    const [first, second] = [parseUsername(one), parseUsername(other)];
    assert.ok(first);
    assert.equal(first.normalizedValue, second?.normalizedValue);
  });
}

const different: readonly (readonly [when: string, one: string, other: string])[] = [
  ["dotless ı", "adaı", "adai"],
  ["a Cyrillic look-alike", "аda", "ada"],
  ["a blank inside", "ada l", "adal"],
  ["an accent", "zoë", "zoe"],
];

for (const [when, one, other] of different) {
  test(`two user names are two: ${when}`, () => {
    assert.notEqual(parseUsername(one)?.normalizedValue, parseUsername(other)?.normalizedValue);
  });
}

const accepted: readonly (readonly [when: string, text: string])[] = [
  ["one character", "a"],
  ["150 characters", "a".repeat(150)],
  ["150 characters of four bytes", "😀".repeat(150)],
  ["150 characters between blanks", ` ${"a".repeat(150)} `],
  ["signs", "ada.l@home_2-x!"],
  ["blanks inside", "ada of london"],
  ["other scripts", "آدا"],
  ["an emoji", "ada🦊"],
];

for (const [when, text] of accepted) {
  test(`a user name is taken: ${when}`, () => assert.ok(parseUsername(text)));
}

const refused: readonly (readonly [when: string, text: string])[] = [
  ["nothing", ""],
  ["blanks", " \u3000 "],
  ["151 characters", "a".repeat(151)],
  ["151 characters of four bytes", "😀".repeat(151)],
  ["150 characters that NFKC makes more of", "\ufdfa".repeat(150)],
  ["NUL", "ada\u0000"],
  ["a line feed inside", "ada\nlovelace"],
  ["an escape", "ada\u001b[31m"],
  ["a C1 control", "ada\u0085x"],
  ["a right-to-left mark", "ada\u200f"],
  ["an override of direction", "ada\u202exe"],
  ["an isolate", "ada\u2066x\u2069"],
  ["a zero-width space", "a\u200bda"],
  ["a zero-width joiner", "a\u200dda"],
  ["a soft hyphen", "a\u00adda"],
  ["a word joiner", "a\u2060da"],
  ["a byte order mark inside", "a\ufeffda"],
  ["a Hangul filler", "ada\u3164"],
  ["a variation selector", "ada\ufe0f"],
  ["a tag character", "ada\u{e0041}"],
  ["a line separator", "ada\u2028x"],
  ["a lone surrogate", "ada\ud800"],
];

for (const [when, text] of refused) {
  test(`a user name is refused: ${when}`, () => assert.equal(parseUsername(text), undefined));
}

test("a user name keeps what its owner wrote, trimmed", () => {
  assert.equal(parseUsername("  Ａda ")?.displayValue, "Ａda");
});

test("a normalised user name is its own normal form, whatever the script", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 8 }), (text) => {
      const normalized = parseUsername(text)?.normalizedValue;
      if (normalized !== undefined) assert.equal(parseUsername(normalized)?.normalizedValue, normalized);
    }),
    { numRuns: 5000 },
  );
});

test("every single character is normalised for good", () => {
  const unstable: string[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const normalized = parseUsername(String.fromCodePoint(point))?.normalizedValue;
    if (normalized !== undefined && parseUsername(normalized)?.normalizedValue !== normalized)
      unstable.push(point.toString(16));
  }
  assert.deepEqual(unstable, []);
});
