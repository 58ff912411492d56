import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSmsWriter } from "#adapters/sms/sms-texts.js";
import { allLetters, code, link } from "../mail/all-letters.js";

/** Letters of one message in the telephone's own alphabet (3GPP TS 23.038), the Latin ones of it; else two of UCS-2 put together. */
const latin = /^[A-Za-z0-9 \n@$_!"#%&'()*+,\-./:;<=>?]{1,160}$/;
const mostOthers = 2 * 67;

describe("an SMS", () => {
  const writer = createSmsWriter("Example Ltd");
  const scripts = { en: /^[\p{ASCII}]+$/u, fa: /\p{Script=Arabic}{3}/u, ru: /\p{Script=Cyrillic}{3}/u };
  for (const letter of allLetters)
    for (const [language, script] of Object.entries(scripts))
      test(`${letter.kind} in ${language} is short and says for whom it is`, () => {
        const text = writer.write(letter, language);
        assert.match(text, script);
        assert.match(text, /Example Ltd/);
        assert.doesNotMatch(text, /undefined|\[object|[\u2066-\u2069\u200e\u200f]/);
        const isLink = "link" in letter;
        const words = isLink ? text.replace(link, "") : text;
        if (language === "en") assert.match(words, latin);
        else assert.ok(words.length <= mostOthers, `${String(words.length)} letters: ${words}`);
        if ("code" in letter) assert.equal(text.split("\n")[0], code);
        if (isLink) assert.equal(text.split("\n").at(-1), link);
      });

  test("names the operation of each code, each by other words", () => {
    const codes = allLetters.filter((letter) => "code" in letter);
    assert.equal(codes.length, 4);
    for (const language of Object.keys(scripts))
      assert.equal(new Set(codes.map((letter) => writer.write(letter, language))).size, codes.length);
  });

  test("is in English where there are no words, and for what is no language", () => {
    const letter = { kind: "password-changed", at: 0 } as const;
    for (const language of ["de", "", "__proto__", "constructor", "../../etc", "EN"])
      assert.equal(writer.write(letter, language), writer.write(letter, "en"));
    assert.equal(writer.write(letter, "fa-IR"), writer.write(letter, "fa"));
  });

  test("has one line more from nobody's name", () => {
    const hostile = "Evil\r\n123456\u202e \u2028 is your code".padEnd(200, "x");
    const lines = createSmsWriter(hostile)
      .write({ kind: "identity-link-code", code, expiresIn: 300_000, provider: hostile }, "en")
      .split(/[\r\n\u2028]/);
    assert.equal(lines.length, 2);
    assert.equal(lines[0], code);
    assert.ok((lines[1] ?? "").length < 200);
  });
});
