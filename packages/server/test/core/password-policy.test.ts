import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkPassword,
  codePointLength,
  isHashable,
  normalizePassword,
  type PasswordContext,
} from "#core/passwords/password-policy.js";
import type { PasswordPolicy } from "#core/policy.js";
import type { PasswordFailure } from "#core/refusal.js";

const jwt: PasswordPolicy = {
  minimumLength: 12,
  maximumLength: 1000,
  needsAllClasses: true,
  refusesCommon: true,
  refusesNumeric: false,
  refusesSimilar: false,
};
const account: PasswordPolicy = {
  minimumLength: 8,
  maximumLength: 1000,
  needsAllClasses: false,
  refusesCommon: true,
  refusesNumeric: true,
  refusesSimilar: true,
};
const common = { has: (password: string) => ["password", "12345678", "Password-1234"].includes(password) };

const composed = "\u00e9";
const decomposed = "e\u0301";
const tooShort = (minimum: number): PasswordFailure => ({ rule: "too-short", minimum });
const tooLong: PasswordFailure = { rule: "too-long", maximum: 1000 };
const missing = (...classes: ("upper" | "lower" | "digit" | "other")[]): PasswordFailure => ({
  rule: "character-class-missing",
  missing: classes,
});

const rows: readonly (readonly [string, PasswordPolicy, string, readonly PasswordFailure[]])[] = [
  ["11 characters", jwt, "Aa1-5678901", [tooShort(12)]],
  ["12 characters", jwt, "Aa1-56789012", []],
  ["13 characters", jwt, "Aa1-567890123", []],
  ["11 code points in 15 UTF-16 units", jwt, `Aa1-😀😀😀😀567`, [tooShort(12)]],
  ["12 code points in 16 UTF-16 units", jwt, `Aa1-😀😀😀😀5678`, []],
  ["11 code points after composition", jwt, `Aa1-567890${decomposed}`, [tooShort(12)]],
  ["12 code points after composition", jwt, `Aa1-5678901${decomposed}`, []],
  ["1,000 characters", jwt, `Aa1-${"x".repeat(996)}`, []],
  ["1,001 characters", jwt, `Aa1-${"x".repeat(997)}`, [tooLong]],
  ["1,000 characters of four bytes", jwt, `Aa1-${"😀".repeat(996)}`, []],
  ["1,001 characters of four bytes", jwt, `Aa1-${"😀".repeat(997)}`, [tooLong]],
  ["1,000 characters once composed", jwt, `Aa1-${decomposed.repeat(996)}`, []],
  ["1,001 characters only once compatibly decomposed", jwt, `Aa1-${"x".repeat(995)}\ufb01`, [tooLong]],
  ["1,001 characters that break other rules too", jwt, "x".repeat(1001), [tooLong]],
  ["megabytes", jwt, "x".repeat(10_000_000), [tooLong]],
  ["no upper-case letter", jwt, "aa1-56789012", [missing("upper")]],
  ["no lower-case letter", jwt, "AA1-56789012", [missing("lower")]],
  ["no digit", jwt, "Aax-abcdefgh", [missing("digit")]],
  ["no other character", jwt, "Aa1x56789012", [missing("other")]],
  ["nothing", jwt, "", [tooShort(12), missing("upper", "lower", "digit", "other")]],
  ["letters of other scripts", jwt, "Жж٣-ЖжЖжЖжЖж", []],
  ["ideographs are others", jwt, "密码密码密码密码密码密码", [missing("upper", "lower", "digit")]],
  ["a space is an other", jwt, "Aa1 56789012", []],
  ["a good phrase", jwt, "Correct-Horse-9-battery", []],
  ["all classes, but listed", jwt, "Password-1234", [{ rule: "too-common" }]],
  ["7 characters", account, "horse-9", [tooShort(8)]],
  ["8 characters", account, "horse-98", []],
  ["a listed word", account, "password", [{ rule: "too-common" }]],
  ["digits, listed", account, "12345678", [{ rule: "too-common" }, { rule: "entirely-numeric" }]],
  ["digits", account, "8090170605", [{ rule: "entirely-numeric" }]],
  ["digits of another script", account, "٣٣٣٣٣٣٣٣", [{ rule: "entirely-numeric" }]],
  ["superscript digits", account, "⁸⁰⁹⁰¹⁷⁰⁶", [{ rule: "entirely-numeric" }]],
  ["digits and a letter", account, "8090170605x", []],
];

for (const [when, policy, password, failures] of rows) {
  test(`a password is judged rightly: ${when}`, () => {
    assert.deepEqual(checkPassword(policy, password, {}, common), failures);
  });
}

// Answers of Django 5's UserAttributeSimilarityValidator, computed with Python's difflib.
const similarities: readonly (readonly [password: string, value: string, isSimilar: boolean])[] = [
  ["annabell", "anna.bell@example.com", false],
  ["testclient", "testclient@example.com", true],
  ["TESTclient", "TestClient@example.com", true],
  ["example.com", "a@example.com", true],
  ["abcdefg1", "abcdefg", true],
  ["abcdefghijklm", "abcdefg", true],
  ["abcdefghij", "abcdef", true],
  ["Zoë-Müller", "Zoë Müller", true],
  ["zoemuller1", "Zoë Müller", true],
  ["12345678x", "", false],
  ["12345678x", "@@@", false],
  ["correct-horse-battery", "anna.bell@example.com", false],
  ["aaaaaaaaaa", "a", false],
  ["muster_max", "max_muster", true],
  ["jane.doe.2024", "jane.doe@x.org", false],
];

for (const [password, value, isSimilar] of similarities) {
  test(`"${password}" is ${isSimilar ? "" : "not "}too similar to "${value}"`, () => {
    for (const to of ["email", "fullname"] as const) {
      const context: PasswordContext = to === "email" ? { email: value } : { fullname: value };
      assert.deepEqual(
        checkPassword(account, password, context, common),
        isSimilar ? [{ rule: "too-similar", to }] : [],
      );
    }
  });
}

test("both similarities are named, and only where the policy asks", () => {
  const context = { email: "testclient@example.com", fullname: "Test Client" };
  assert.deepEqual(checkPassword(account, "testclient", context, common), [
    { rule: "too-similar", to: "email" },
    { rule: "too-similar", to: "fullname" },
  ]);
  assert.deepEqual(checkPassword(jwt, "Testclient-1", context, common), []);
});

test("hostile texts are judged in milliseconds", () => {
  const texts = [
    "x".repeat(10_000_000),
    "\u0301\u0323".repeat(4000),
    "\uff9e\u0323".repeat(4000),
    `a${"\u0301".repeat(7999)}`,
    "\ufdfa".repeat(8000),
    "a.".repeat(500_000),
    "a ".repeat(4000),
  ];
  const before = process.cpuUsage();
  for (const password of texts) {
    for (const email of texts) checkPassword(account, password, { email, fullname: email }, common);
  }
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1000 / texts.length ** 2 < 5);
});

test("normalisation composes, and leaves an endless run of marks alone", () => {
  assert.equal(normalizePassword(decomposed), composed);
  assert.equal(normalizePassword("ｐａｓｓ"), "pass");
  const marks = `a${"\u0301".repeat(31)}`;
  assert.equal(normalizePassword(marks), marks);
});

test("lengths count code points", () => {
  assert.deepEqual(["", "a", "😀", "\ud83d", "e\u0301"].map(codePointLength), [0, 1, 1, 1, 2]);
});

test("at most 1,000 code points are hashable", () => {
  assert.equal(isHashable("😀".repeat(1000)), true);
  assert.equal(isHashable("😀".repeat(1001)), false);
  assert.equal(isHashable(decomposed.repeat(1000)), true);
  assert.equal(isHashable("x".repeat(10_000_000)), false);
});
