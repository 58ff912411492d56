const writtenRightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const writtenLeftToRight = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** A name for a sentence of the given direction: one of the other direction is isolated, or it would drag the words beside it along. */
export const isolate = (name: string, direction: "ltr" | "rtl"): string => {
  const isForeign = (direction === "rtl" ? writtenLeftToRight : writtenRightToLeft).test(name);
  return isForeign ? `\u2068${name}\u2069` : name;
};
