import type { WireRequest } from "#http/answer.js";
import type { JsonObject } from "#http/strict-json.js";
import type { ContractNeeds } from "../contract.js";

export type JwtNeeds = ContractNeeds;

/** A request whose body has been read; `{}` when there is none. */
export interface JwtRequest extends Pick<WireRequest, "origin" | "header" | "query"> {
  readonly body: JsonObject;
}
