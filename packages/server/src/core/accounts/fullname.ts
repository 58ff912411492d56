// Control characters, unpaired surrogates, line separators, and everything that shows nothing or turns the direction of what follows.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
// Between letters of the Arabic script the zero-width non-joiner is spelling (RFC 5892 appendix A.1): «علی‌رضا».
const spelling = /(?<=\p{Script=Arabic})\u200c(?=\p{Script=Arabic})/gu;

/** Whether a text can be somebody's name: nothing invisible in it. */
export const isFullname = (text: string): boolean => !unseen.test(text.replace(spelling, ""));
