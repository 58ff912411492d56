import type { WireRequest } from "#http/answer.js";
import type { JsonObject } from "#http/strict-json.js";
import type { ContractNeeds } from "../contract.js";
import type { Voice } from "./language.js";
import type { Text } from "./messages.js";

export type AccountNeeds = ContractNeeds;

/** A request whose body has been read; `{}` when there is none. */
export interface AccountRequest extends Pick<WireRequest, "origin" | "header" | "query"> {
  readonly body: JsonObject;
  /** In which it is answered. */
  readonly voice: Voice;
}

/** The text that answers this request. */
export const say = ({ voice }: Pick<AccountRequest, "voice">, text: Text): string => text[voice];

/** The language of whoever has not said which he speaks. */
export const languageOf = ({ voice }: Pick<AccountRequest, "voice">): string => (voice === "fa" ? "fa" : "en");
