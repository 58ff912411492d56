import type { OfferedAcceptance } from "#core/disclaimers/accept-disclaimers.js";
import { asSent, type Field, listOf, object, optional, text } from "./fields.js";

/** `{code, version}`, or a bare code for its present version. */
const acceptance: Field<OfferedAcceptance> = (sent) => {
  const bare = typeof sent === "string";
  const checked = bare ? { value: { code: sent } } : object(sent);
  if ("failure" in checked) return checked;
  const members: Readonly<Record<string, unknown>> = checked.value;
  const code = name(members["code"]);
  if ("failure" in code) return code;
  const version = optional(name)(members["version"]);
  return "failure" in version ? version : { value: { code: code.value, version: version.value } };
};

const name = text(64, asSent);

/** `accept_disclaimers`; absent, none is accepted. */
export const acceptDisclaimers: Field<readonly OfferedAcceptance[]> = (sent) =>
  sent === undefined || sent === null ? { value: [] } : listOf(50, acceptance)(sent);
