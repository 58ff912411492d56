import type { Random } from "../ports.js";

/** Crockford's base 32: nothing in it is taken for something else. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const slots = "ABCDEFGHJK";
/** Characters after the slot, five bits each: 75 bits. */
const length = 15;

export interface DrawnBackupCode {
  readonly slot: string;
  /** As its owner gets it: `A-XXXXX-XXXXX-XXXXX`. */
  readonly shown: string;
  /** What is hashed. */
  readonly folded: string;
}

/** Draws the codes of a set, each with a slot of its own. */
export const drawBackupCodes = (random: Random): readonly DrawnBackupCode[] =>
  [...slots].map((slot) => {
    const drawn = drawCharacters(random);
    return { slot, shown: [slot, ...(drawn.match(/.{5}/g) ?? [])].join("-"), folded: `${slot}${drawn}` };
  });

/** What its owner may have typed: letters of any case, blanks and dashes anywhere, O for 0, I and L for 1. No look-alike of another script. */
export const parseBackupCode = (text: string): { readonly slot: string; readonly folded: string } => {
  const folded = text
    .replaceAll(/[\s\p{Pd}]/gu, "")
    .replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  return { slot: slots.includes(folded.charAt(0)) ? folded.charAt(0) : "", folded };
};

// Of each base64url character, which is six even bits, five: 15 characters of the 22, none of them the last, which has two.
const drawCharacters = (random: Random): string =>
  [...random.token(128)]
    .slice(0, length)
    .map((character) => alphabet.charAt(base64url.indexOf(character) % alphabet.length))
    .join("");

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
