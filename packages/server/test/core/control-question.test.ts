import assert from "node:assert/strict";
import { test } from "node:test";
import { foldAnswer } from "#core/factors/control-question.js";
import { isSelfEvident } from "#core/factors/set-control-question.js";
import { newAccountId } from "#core/ids.js";
import { givenIdentifier, now } from "../conformance/given-rows.js";
import { systemRandom } from "#adapters/system/random.js";

const equal: readonly (readonly [what: string, one: string, other: string])[] = [
  ["another case", "The Red House", "the red HOUSE"],
  ["blanks at its ends and in it", "  the   red\thouse\n", "the red house"],
  ["no-break and full-width blanks", "the\u00a0red\u3000house", "the red house"],
  ["full-width letters", "Ｒｅｄ", "red"],
  ["composed and decomposed", "Zo\u00eb", "zoe\u0308"],
  ["ß and ss", "Straße", "STRASSE"],
  ["both small sigmas", "σας", "ΣΑΣ"],
  ["Persian presentation forms", "ﺑﺎﺭﺍﻥ", "باران"],
];
for (const [what, one, other] of equal) {
  test(`two answers are one: ${what}`, () => assert.equal(foldAnswer(one), foldAnswer(other)));
}

for (const [what, one, other] of [
  ["a blank", "redhouse", "red house"],
  ["an accent", "zoe", "zoë"],
  ["a look-alike", "red", "rеd"],
] as const) {
  test(`two answers are two: ${what}`, () => assert.notEqual(foldAnswer(one), foldAnswer(other)));
}

const account = newAccountId(systemRandom, now);
const identifiers = [
  givenIdentifier(account, "ada.lovelace"),
  givenIdentifier(account, "ada@example.com", { kind: "email" }),
  givenIdentifier(account, "+989121234567", { kind: "phone" }),
];
for (const [what, answer, is] of [
  ["the question", "What is it called", true],
  ["the question in another case, with blanks", "  WHAT  is it called? ", true],
  ["the login name", "Ada.Lovelace", true],
  ["the e-mail", "ADA@example.com", true],
  ["the e-mail's name", "ada", true],
  ["the number", "+98 912 123 4567", true],
  ["the number without its plus", "989121234567", true],
  ["nothing that can be told apart", "?!", true],
  ["something else", "the red house", false],
  ["what only holds it", "ada the cat", false],
] as const) {
  test(`an answer is ${is ? "" : "not "}what a stranger tries first: ${what}`, () =>
    assert.equal(isSelfEvident(answer, { question: "What is it called?", identifiers }), is));
}

test("an answer of 64 KB of marks is folded in no time", () => {
  const began = performance.now();
  foldAnswer(`a${"\u0301\u0323".repeat(32_000)}`);
  assert.ok(performance.now() - began < 100);
});
