import type { PasswordPolicy } from "../policy.js";
import type { CommonPasswords } from "../ports.js";
import type { CharacterClass, PasswordFailure } from "../refusal.js";

/** What the account says of its owner, which a password must not repeat. */
export interface PasswordContext {
  readonly email?: string;
  readonly fullname?: string;
}

/** Beyond it a password is never hashed, whatever a policy says. In code points, after NFKC. */
export const hashableLength = 1000;

/**
 * Every rule of the policy that the password breaks, in the order in which `PasswordFailure` lists them. Of a password that is
 * too long nothing else is looked at, so that no text costs more than its length.
 */
export function checkPassword(
  policy: PasswordPolicy,
  password: string,
  context: PasswordContext,
  common: CommonPasswords,
): readonly PasswordFailure[] {
  const tooLong: readonly PasswordFailure[] = [{ rule: "too-long", maximum: policy.maximumLength }];
  if (isSurelyOver(policy.maximumLength, password)) return tooLong;
  const normalized = normalizePassword(password);
  const length = codePointLength(normalized);
  if (length > policy.maximumLength) return tooLong;

  const failures: PasswordFailure[] = [];
  if (length < policy.minimumLength) failures.push({ rule: "too-short", minimum: policy.minimumLength });
  if (policy.needsAllClasses) {
    const missing = missingClasses(normalized);
    if (missing.length > 0) failures.push({ rule: "character-class-missing", missing });
  }
  if (policy.refusesCommon && common.has(password)) failures.push({ rule: "too-common" });
  if (policy.refusesNumeric && /^\p{Nd}+$/u.test(normalized)) failures.push({ rule: "entirely-numeric" });
  if (policy.refusesSimilar) {
    for (const to of ["email", "fullname"] as const) {
      const value = context[to] ?? "";
      if (value !== "" && isSimilar(normalized, value)) failures.push({ rule: "too-similar", to });
    }
  }
  return failures;
}

/** Whether the password may be hashed at all; a text of any size is answered at once. */
export function isHashable(password: string): boolean {
  return !isSurelyOver(hashableLength, password) && codePointLength(normalizePassword(password)) <= hashableLength;
}

/**
 * NFKC, so that a password typed on another device is the same password. A text with more than 30 marks in a row, beyond
 * the Stream-Safe Text Format (UAX #15), stays as it is: sorting them takes time quadratic in their number.
 */
export function normalizePassword(password: string): string {
  return /[\p{M}\uFF9E\uFF9F]{31}/u.test(password) ? password : password.normalize("NFKC");
}

/** How many code points the text has; an unpaired surrogate is one. */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

// NFKC makes at most four code points into one, each of at most two UTF-16 units: no need to normalise megabytes to know.
function isSurelyOver(maximum: number, password: string): boolean {
  return password.length > 8 * maximum;
}

const classes: readonly (readonly [CharacterClass, RegExp])[] = [
  ["upper", /\p{Lu}/u],
  ["lower", /\p{Ll}/u],
  ["digit", /\p{Nd}/u],
  ["other", /[^\p{Lu}\p{Ll}\p{Nd}]/u],
];

function missingClasses(password: string): readonly CharacterClass[] {
  return classes.filter(([, pattern]) => !pattern.test(password)).map(([name]) => name);
}

// Django's UserAttributeSimilarityValidator: difflib's quick_ratio against the value and each of its words.
const maximumSimilarity = 0.7;

/** Far above any e-mail address or name that is accepted; a bound on the work, which is linear. */
const comparedLength = 1000;

function isSimilar(password: string, value: string): boolean {
  const candidate = [...password.toLowerCase()].slice(0, comparedLength);
  const counts = countOf(candidate);
  const lowered = normalizePassword(value.slice(0, comparedLength)).toLowerCase().slice(0, comparedLength);
  const parts = [...lowered.split(/[^\p{L}\p{N}_]+/u), lowered].filter((part) => part !== "").map((part) => [...part]);
  return parts.some(
    (part) =>
      !exceedsLengthRatio(candidate.length, part.length) &&
      quickRatio(candidate.length, counts, part) >= maximumSimilarity,
  );
}

function exceedsLengthRatio(passwordLength: number, valueLength: number): boolean {
  return passwordLength >= 10 * valueLength && valueLength < (maximumSimilarity / 2) * passwordLength;
}

/** difflib's upper bound of `ratio()`: the characters both have, order left aside. */
function quickRatio(
  passwordLength: number,
  passwordCounts: ReadonlyMap<string, number>,
  part: readonly string[],
): number {
  let matches = 0;
  for (const [character, count] of countOf(part)) matches += Math.min(count, passwordCounts.get(character) ?? 0);
  return (2 * matches) / (passwordLength + part.length);
}

function countOf(characters: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  return counts;
}
