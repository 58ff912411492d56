import { type ParsedIdentifier, parseEmail } from "#core/identities/email.js";
import { parseUsername } from "#core/identities/username.js";
import type { Instant } from "#core/ids.js";
import { parseLanguage } from "#core/language.js";
import { parseTime } from "./parse-time.js";

/** One line of an import file, checked. */
export interface ImportLine {
  readonly email: ParsedIdentifier;
  readonly isVerified: boolean;
  readonly username: ParsedIdentifier | undefined;
  readonly passwordHash: string | undefined;
  readonly language: string;
  readonly createdAt: Instant | undefined;
}

export interface LineRules {
  /** Why the server cannot verify such a hash, or may not spend what it would cost; `undefined` when it can. */
  faultOfHash(hash: string): string | undefined;
  /** No account is older than the import. */
  readonly now: Instant;
}

/** Reads one line; a sentence that says what is wrong with it otherwise, which repeats nothing of the line but names of fields. */
export const parseImportLine = (text: string, rules: LineRules): ImportLine | string => {
  const fields = parseFields(text);
  if (typeof fields === "string") return fields;
  const { email: emailText, email_verified: isVerified, username: usernameText } = fields;
  const { password_hash: passwordHash, language, created_at: createdAtText } = fields;
  if (typeof emailText !== "string") return '"email" is needed, as a string';
  const email = parseEmail(emailText);
  if (email === undefined) return '"email" is no e-mail address';
  if (isVerified !== null && typeof isVerified !== "boolean") return '"email_verified" is neither true nor false';
  if (usernameText !== null && typeof usernameText !== "string") return '"username" is no string';
  const username = usernameText === null ? undefined : parseUsername(usernameText);
  if (usernameText !== null && username === undefined)
    return '"username" is empty, too long or has invisible characters';
  if (passwordHash !== null && typeof passwordHash !== "string") return '"password_hash" is no string';
  const hashFault = passwordHash === null ? undefined : rules.faultOfHash(passwordHash);
  if (hashFault !== undefined) return `"password_hash" ${hashFault}`;
  if (language !== null && typeof language !== "string") return '"language" is no string';
  const createdAt = typeof createdAtText === "string" ? parseTime(createdAtText) : undefined;
  if (createdAtText !== null && createdAt === undefined)
    return '"created_at" is no RFC 3339 time such as "2020-01-31T12:00:00Z"';
  if (createdAt !== undefined && createdAt > rules.now) return '"created_at" is in the future';
  return {
    email,
    isVerified: isVerified === true,
    username,
    passwordHash: passwordHash ?? undefined,
    language: parseLanguage(language),
    createdAt,
  };
};

const names = ["email", "email_verified", "username", "password_hash", "language", "created_at"] as const;
type Fields = Readonly<Record<(typeof names)[number], unknown>>;

/** The fields of a flat JSON object, absent ones as `null`. */
const parseFields = (text: string): Fields | string => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is not JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is no JSON object";
  const keys = Object.keys(value);
  if (keys.some((key) => !names.some((name) => name === key)))
    return `has an unknown field; known: ${names.join(", ")}`;
  // Known fields are flat, so every key in the text is one of this object's.
  if (keys.length !== countKeys(text)) return "has a field twice";
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const of = (name: (typeof names)[number]): unknown => fields[name] ?? null;
  return {
    email: of("email"),
    email_verified: of("email_verified"),
    username: of("username"),
    password_hash: of("password_hash"),
    language: of("language"),
    created_at: of("created_at"),
  };
};

/** How many keys stand in a valid JSON text. */
const countKeys = (text: string): number =>
  [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)].filter(([, colon]) => colon === ":").length;
