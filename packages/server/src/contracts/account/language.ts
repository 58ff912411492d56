import type { MessagePolicy } from "#core/policy.js";
import { preferredOf } from "#http/accept-language.js";

/** `contract`: each text in the language of the page. */
export type Voice = "contract" | "en" | "fa";

/** The voice in which a request is answered: where the mount negotiates, its `Accept-Language` decides, and English when nothing fits. */
export const chooseVoice = (policy: MessagePolicy, acceptLanguage: string | undefined): Voice =>
  policy.language === "contract" ? "contract" : (preferredOf(acceptLanguage ?? "", voices) ?? "en");

const voices: Readonly<Record<string, Voice>> = { en: "en", fa: "fa", "*": "en" };
