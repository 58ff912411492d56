import assert from "node:assert/strict";
import { test } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { drawBackupCodes, parseBackupCode } from "#core/factors/backup-code.js";

const typed: readonly (readonly [what: string, text: string])[] = [
  ["as shown", "A-01AB3-CDE1F-GH0JK"],
  ["small letters", "a-01ab3-cde1f-gh0jk"],
  ["without dashes", "A01AB3CDE1FGH0JK"],
  ["blanks for dashes, and around it", "  a 01ab3 cde1f gh0jk\t"],
  ["other dashes, as phones put them", "A–01AB3‑CDE1F—GH0JK"],
  ["no-break blanks", "A\u00a001AB3\u00a0CDE1F\u202fGH0JK"],
  ["O for 0", "A-O1AB3-CDE1F-GHoJK"],
  ["I and L for 1", "A-0IAB3-CDElF-GH0JK"],
  ["i and L for 1", "A-0iAB3-CDELF-GH0JK"],
];

for (const [what, text] of typed) {
  test(`a backup code is folded: ${what}`, () =>
    assert.deepEqual(parseBackupCode(text), { slot: "A", folded: "A01AB3CDE1FGH0JK" }));
}

const others: readonly (readonly [what: string, text: string])[] = [
  ["U for V", "A-01ABU-CDE1F-GH0JK"],
  ["a Cyrillic А", "А-01AB3-CDE1F-GH0JK"],
  ["a full-width A", "Ａ-01AB3-CDE1F-GH0JK"],
  ["Persian digits", "A-۰۱AB3-CDE1F-GH0JK"],
  ["dotless ı for 1", "A-0ıAB3-CDE1F-GH0JK"],
  ["long ſ", "A-01AB3-CDE1F-GH0Jſ"],
  ["a dot for a dash", "A.01AB3.CDE1F.GH0JK"],
  ["a zero-width blank", "A\u200b-01AB3-CDE1F-GH0JK"],
  ["one character less", "A-01AB3-CDE1F-GH0J"],
];

for (const [what, text] of others) {
  test(`a backup code is not folded: ${what}`, () => assert.notEqual(parseBackupCode(text).folded, "A01AB3CDE1FGH0JK"));
}

test("what begins with no slot has none", () => {
  for (const text of ["", "-", "0-01AB3", "Z", "\0", "--"]) assert.equal(parseBackupCode(text).slot, "");
});

test("codes are ten, each with a slot and 75 random bits, in a form that its owner can read", () => {
  const codes = Array.from({ length: 200 }, () => drawBackupCodes(systemRandom)).flat();
  assert.equal(codes.length, 2000);
  assert.equal(new Set(codes.map(({ folded }) => folded.slice(1))).size, 2000);
  for (const { slot, shown, folded } of codes) {
    assert.match(shown, /^[A-HJK](?:-[0-9A-HJKMNP-TV-Z]{5}){3}$/);
    assert.deepEqual(parseBackupCode(shown), { slot, folded });
  }
  assert.equal(new Set(codes.slice(0, 10).map(({ slot }) => slot)).size, 10);
  // 30,000 characters of 32: each 937 times or so; five standard deviations are 151.
  const counts = new Map<string, number>();
  for (const { folded } of codes)
    for (const character of folded.slice(1)) counts.set(character, (counts.get(character) ?? 0) + 1);
  assert.equal(counts.size, 32);
  for (const [character, count] of counts) assert.ok(Math.abs(count - 937) < 151, `${character}: ${count}`);
});
