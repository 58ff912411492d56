import { parseEmail, type ParsedIdentifier } from "#core/identities/email.js";
import { parseUsername } from "#core/identities/username.js";
import { Refusal } from "#core/refusal.js";
import { InvalidFields } from "#http/invalid-fields.js";
import type { JsonObject } from "#http/strict-json.js";

/** The named members as non-empty texts, else `message` for all of them: the contract does not tell them apart. */
export const requireTexts = <Name extends string>(
  body: JsonObject,
  names: readonly Name[],
  message: string,
): Readonly<Record<Name, string>> => {
  const texts = names.map((name) => [name, Object.hasOwn(body, name) ? body[name] : undefined] as const);
  const missing = texts.filter(([name, value]) => !isText(name, value)).map(([field]) => ({ field, message }));
  if (missing.length > 0) throw new InvalidFields(missing);
  // Checked just above: every value is a text.
  return Object.fromEntries(texts) as Record<Name, string>;
};

// Blanks alone are no name and no address; they may be a password.
const isText = (name: string, value: unknown): value is string =>
  typeof value === "string" && (name === "password" ? value : value.trim()) !== "";

export const requireEmail = (text: string): ParsedIdentifier => {
  const email = parseEmail(text);
  if (email === undefined) throw new Refusal("identifier-invalid", { kind: "email" });
  return email;
};

export const requireUsername = (text: string): ParsedIdentifier => {
  const username = parseUsername(text);
  if (username === undefined) throw new Refusal("identifier-invalid", { kind: "username" });
  return username;
};
