import { parseEmail } from "#core/identities/email.js";

/** Whom messages come from. */
export interface MailFrom {
  /** What people know this installation by; may be empty. */
  readonly name: string;
  /** Its domain in ASCII. */
  readonly address: string;
}

/** Reads `MAIL_FROM`; a text that says what is wrong with it otherwise. */
export const parseMailFrom = (text: string): MailFrom | string => {
  // What could begin another header or change how the rest is read has no place in a name.
  if (/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text))
    return "has a line break or another control character";
  const [, quoted, plain, inBrackets] = /^(?:(?:"([^"]*)"|([^"<>]*?))\s*<([^<>]*)>)$/.exec(text) ?? [];
  const name = (quoted ?? plain ?? "").trim();
  const email = parseEmail(inBrackets ?? text);
  if (email === undefined) return "is no e-mail address, nor a name with one in angle brackets";
  if (name.length > 100) return "has a name of more than 100 characters";
  return { name, address: email.normalizedValue };
};
