const writtenRightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const writtenLeftToRight = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;
// All that ends a line or is not seen, but for the joiners that Persian is written with.
const unwritten = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const longest = 100;

/** A name for a sentence of the given direction: one of the other direction is isolated, or it would drag the words beside it along. */
export const nameInLetter = (name: string, direction: "ltr" | "rtl"): string => {
  // What begins an encoded word (RFC 2047) would be decoded in a subject.
  const clean = name.replace(unwritten, " ").replaceAll("=?", "= ?").trim().slice(0, longest);
  const isForeign = (direction === "rtl" ? writtenLeftToRight : writtenRightToLeft).test(clean);
  return isForeign ? `\u2068${clean}\u2069` : clean;
};
