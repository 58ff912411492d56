const wellFormed = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/;

/** Languages in which this server speaks. */
const languages = ["en", "fa", "ru"] as const;

/** The language that a tag names, lower case: one whose first part this server speaks; `undefined` for any other text. */
export const findLanguage = (text: string): string | undefined => {
  if (text.length > 35) return undefined;
  const tag = text.trim().toLowerCase().replaceAll("_", "-");
  const primary = tag.split("-")[0];
  return wellFormed.test(tag) && languages.some((language) => language === primary) ? tag : undefined;
};

/** The language to keep for an account; `en` for what names none. */
export const parseLanguage = (text: unknown): string =>
  (typeof text === "string" ? findLanguage(text) : undefined) ?? "en";
