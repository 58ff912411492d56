import type { MessagePolicy } from "#core/policy.js";

/** `contract`: each text in the language of the page. */
export type Voice = "contract" | "en" | "fa";

/** The voice in which a request is answered: where the mount negotiates, its `Accept-Language` (RFC 9110 section 12.5.4) decides, and English when nothing fits. */
export const chooseVoice = (policy: MessagePolicy, acceptLanguage: string | undefined): Voice =>
  policy.language === "contract" ? "contract" : (preferred(acceptLanguage ?? "") ?? "en");

interface Range {
  readonly voice: Voice | undefined;
  readonly quality: number;
}

const range = /^([a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;
const voices: Readonly<Record<string, Voice>> = { en: "en", fa: "fa", "*": "en" };

const preferred = (header: string): Voice | undefined => {
  const ranges = header.split(",").map(parseRange);
  const best = Math.max(0, ...ranges.map(({ quality }) => quality));
  return best === 0 ? undefined : ranges.find(({ quality }) => quality === best)?.voice;
};

const parseRange = (text: string): Range => {
  const [, tag = "", quality = "1"] = range.exec(text.trim()) ?? [];
  const voice = Object.hasOwn(voices, tag.toLowerCase()) ? voices[tag.toLowerCase()] : undefined;
  return { voice, quality: voice === undefined ? 0 : Number(quality) };
};
