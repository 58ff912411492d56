import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseEmail } from "#core/identities/email.js";

const local64 = "l".repeat(64);
const label63 = "d".repeat(63);
/** 254 characters: 64, the @, three labels of 63, 59 and 61, and their dots. */
const domain189 = `${label63}.${"d".repeat(63)}.${"d".repeat(61)}`;

const rows: readonly (readonly [when: string, text: string, normalized: string | undefined])[] = [
  ["as usual", "ada@example.org", "ada@example.org"],
  ["blanks around it", " \t ada@example.org\r\n", "ada@example.org"],
  ["no-break and other blanks around it", "\u00a0\u3000ada@example.org\u2003", "ada@example.org"],
  ["another case of the domain", "ada@EXAMPLE.Org", "ada@example.org"],
  ["another case of the local part", "ADA@example.org", "ada@example.org"],
  ["a tag", "ada+news@example.org", "ada+news@example.org"],
  ["dots", "a.d.a@example.org", "a.d.a@example.org"],
  ["every sign of a local part", "a.!#$%&'*+/=?^_`{|}~-z@example.org", "a.!#$%&'*+/=?^_`{|}~-z@example.org"],
  ["a domain in Unicode", "ada@bücher.example", "ada@xn--bcher-kva.example"],
  ["the same domain as A-label", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
  ["the same domain in capitals", "ada@BÜCHER.example", "ada@xn--bcher-kva.example"],
  ["ß in the domain, not ss", "ada@faß.example", "ada@xn--fa-hia.example"],
  ["an ideographic full stop", "ada@example。org", "ada@example.org"],
  ["a domain in another script", "ada@пример.рф", "ada@xn--e1afmkfd.xn--p1ai"],
  ["a Cyrillic look-alike in the domain, which is another domain", "ada@ехample.org", "ada@xn--ample-ywe6i.org"],
  ["64 characters before the @", `${local64}@example.org`, `${local64}@example.org`],
  ["65 characters before the @", `l${local64}@example.org`, undefined],
  ["254 characters", `${local64}@${domain189}`, `${local64}@${domain189}`],
  ["255 characters", `${local64}@${domain189}d`, undefined],
  ["254 characters of which the A-label makes more", `${"l".repeat(60)}@${"ü.".repeat(90)}example.org`, undefined],
  ["a label of 63", `a@${label63}.org`, `a@${label63}.org`],
  ["a label of 64", `a@${label63}d.org`, undefined],
  ["nothing", "", undefined],
  ["blanks", "  ", undefined],
  ["no @", "ada.example.org", undefined],
  ["two @", "ada@home@example.org", undefined],
  ["nothing before the @", "@example.org", undefined],
  ["nothing after the @", "ada@", undefined],
  ["no dot in the domain", "ada@localhost", undefined],
  ["a dot at the domain's end", "ada@example.org.", undefined],
  ["a dot at the domain's start", "ada@.example.org", undefined],
  ["two dots in the domain", "ada@example..org", undefined],
  ["a hyphen at a label's start", "ada@-example.org", undefined],
  ["a hyphen at a label's end", "ada@example-.org", undefined],
  ["an underscore in the domain", "ada@ex_ample.org", undefined],
  ["an IPv4 address", "ada@127.0.0.1", undefined],
  ["an IPv4 address in hexadecimal", "ada@0x7f.1", undefined],
  ["an address literal", "ada@[127.0.0.1]", undefined],
  ["an IPv6 literal", "ada@[::1]", undefined],
  ["a port", "ada@example.org:25", undefined],
  ["a path", "ada@example.org/x", undefined],
  ["a query", "ada@example.org?x", undefined],
  ["a backslash", "ada@example.org\\x", undefined],
  ["a percent sign", "ada@ex%61mple.org", undefined],
  ["a quoted local part", '"ada"@example.org', undefined],
  ["a display name", "Ada <ada@example.org>", undefined],
  ["a blank inside", "ada @example.org", undefined],
  ["a blank in the domain", "ada@exam ple.org", undefined],
  ["a tab in the domain, which URL parsers drop", "ada@exam\tple.org", undefined],
  ["CR and LF inside", "ada@example.org\r\nBcc: eve@example.org", undefined],
  ["LF before the @", "ada\n@example.org", undefined],
  ["NUL", "ada\u0000@example.org", undefined],
  ["NUL in the domain", "ada@exam\u0000ple.org", undefined],
  ["dotless ı", "adaı@example.org", undefined],
  ["capital İ, whose small letter is i and a dot", "İda@example.org", undefined],
  ["long ſ", "ſam@example.org", undefined],
  ["the Kelvin sign", "\u212aate@example.org", undefined],
  ["the Kelvin sign in the domain", "kate@\u212aeys.example", undefined],
  ["ß before the @", "straße@example.org", undefined],
  ["ü before the @", "müller@example.org", undefined],
  ["a Cyrillic look-alike before the @", "аda@example.org", undefined],
  ["a full-width @", "ada＠example.org", undefined],
  ["full-width letters", "ａｄａ@example.org", undefined],
  ["full-width letters in the domain", "ada@ｅxample.org", undefined],
  ["circled letters in the domain", "ada@ⓔxample.org", undefined],
  ["a combining mark that NFKC would compose", "ada@bu\u0308cher.example", undefined],
  ["an override of direction", "ada\u202e@example.org", undefined],
  ["an override of direction in the domain", "ada@exa\u202emple.org", undefined],
  ["a zero-width space", "ada\u200b@example.org", undefined],
  ["a zero-width space in the domain, which IDNA drops", "ada@exam\u200bple.org", undefined],
  ["a soft hyphen in the domain, which IDNA drops", "ada@exam\u00adple.org", undefined],
  ["a variation selector in the domain, which IDNA drops", "ada@exam\ufe0fple.org", undefined],
  ["a lone surrogate", "ada@exam\ud800ple.org", undefined],
  ["megabytes", `${"a".repeat(2_000_000)}@example.org`, undefined],
];

for (const [when, text, normalized] of rows) {
  test(`an e-mail address is ${normalized === undefined ? "refused" : "taken"}: ${when}`, () => {
    assert.equal(parseEmail(text)?.normalizedValue, normalized);
  });
}

test("an e-mail address keeps what its writer wrote, trimmed", () => {
  assert.equal(parseEmail(" Ada@BÜCHER.example ")?.displayValue, "Ada@BÜCHER.example");
});

test("a normalised e-mail address is its own normal form, and ASCII", () => {
  const parts = fc.string({
    unit: fc.oneof(fc.constantFrom(..."aZ0.-_+"), fc.string({ unit: "binary", maxLength: 1 })),
  });
  fc.assert(
    fc.property(parts, parts, (local, domain) => {
      const normalized = parseEmail(`${local}@${domain}.example`)?.normalizedValue;
      if (normalized === undefined) return;
      assert.match(normalized, /^[!-~]{1,254}$/);
      assert.equal(parseEmail(normalized)?.normalizedValue, normalized);
    }),
    { numRuns: 2000 },
  );
});
