import type { ParsedIdentifier } from "./email.js";

const maximumLength = 150;
// Control, unassigned halves, line separators, and everything that shows nothing or turns the direction of what follows.
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** A username: trimmed, at most 150 characters, nothing invisible in it; `undefined` when it cannot be one. */
export const parseUsername = (text: string): ParsedIdentifier | undefined => {
  const displayValue = text.trim();
  // Before anything is normalised: sorting thousands of combining marks takes a second.
  if (displayValue === "" || isTooLong(displayValue) || invisible.test(displayValue)) return undefined;
  const normalizedValue = foldCase(displayValue.normalize("NFKC")).normalize("NFKC").trim();
  return normalizedValue === "" || isTooLong(normalizedValue) ? undefined : { displayValue, normalizedValue };
};

const isTooLong = (text: string): boolean => [...text].length > maximumLength;

// Upper case first, so that letters without a one-to-one pair (ß, ς, ſ) meet: the nearest to full case folding that the language has.
// Dotless ı folds to itself (Unicode CaseFolding.txt): its capital is I, whose small letter is i.
const foldCase = (text: string): string =>
  text
    .split("ı")
    .map((part) => part.toLowerCase().toUpperCase().toLowerCase())
    .join("ı");
