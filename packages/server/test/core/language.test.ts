import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLanguage } from "#core/language.js";

const rows: readonly (readonly [given: unknown, kept: string])[] = [
  ["en", "en"],
  ["fa", "fa"],
  ["ru", "ru"],
  ["FA", "fa"],
  [" fa ", "fa"],
  ["fa_IR", "fa-ir"],
  ["en-GB", "en-gb"],
  ["ru-Cyrl-RU", "ru-cyrl-ru"],
  ["de", "en"],
  ["xx", "en"],
  ["", "en"],
  ["e", "en"],
  ["english", "en"],
  ["fa-", "en"],
  ["fa-x", "en"],
  ["../../etc/passwd", "en"],
  ["__proto__", "en"],
  ["constructor", "en"],
  ["fa\u0000", "en"],
  [
    `fa-${"a".repeat(8)}-${"b".repeat(8)}-${"c".repeat(8)}-${"d".repeat(4)}`,
    `fa-${"a".repeat(8)}-${"b".repeat(8)}-${"c".repeat(8)}-${"d".repeat(4)}`,
  ],
  [`fa-${"a".repeat(8)}-${"b".repeat(8)}-${"c".repeat(8)}-${"d".repeat(6)}`, "en"],
  [undefined, "en"],
  [null, "en"],
  [7, "en"],
  [true, "en"],
  [["fa"], "en"],
  [{ toString: () => "fa" }, "en"],
];

for (const [given, kept] of rows) {
  test(`the language ${JSON.stringify(given)} is kept as ${kept}`, () => assert.equal(parseLanguage(given), kept));
}
