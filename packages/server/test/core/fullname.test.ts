import assert from "node:assert/strict";
import { test } from "node:test";
import { isFullname } from "#core/accounts/fullname.js";

const rows: readonly (readonly [text: string, is: boolean])[] = [
  ["Ada Lovelace", true],
  ["علی‌رضا احمدی", true],
  ["Jean-François d'Été", true],
  ["李小龍", true],
  ["\u{1f600}", true],
  ["a\u200cb", false],
  ["علی\u200c", false],
  ["\u200cعلی", false],
  ["علی\u200c\u200cرضا", false],
  ["علی\u200dرضا", false],
  ["ada\u0000", false],
  ["ada\nlovelace", false],
  ["ada\u202e", false],
  ["ada\u2066x", false],
  ["a\u200bda", false],
  ["\ufeffada", false],
  ["ada\u2028", false],
  ["\ud83d", false],
  ["a\u00adda", false],
];

for (const [text, is] of rows) {
  test(`${JSON.stringify(text)} is ${is ? "a" : "no"} name`, () => {
    assert.equal(isFullname(text), is);
  });
}
