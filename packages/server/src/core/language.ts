const wellFormed = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/;

/** Languages in which this server speaks. */
const languages = ["en", "fa", "ru"] as const;

/** The language to keep for an account: a known primary tag, lower case, else `en`. */
export const parseLanguage = (text: unknown): string => {
  if (typeof text !== "string" || text.length > 35) return "en";
  const tag = text.trim().toLowerCase().replaceAll("_", "-");
  const primary = tag.split("-")[0];
  return wellFormed.test(tag) && languages.some((language) => language === primary) ? tag : "en";
};
