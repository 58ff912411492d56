import type { ParsedIdentifier } from "./email.js";
import { parseUsername } from "./username.js";

/**
 * A username with which somebody signs in where phones and e-mails are taken as well: none that could be read as one of them, else it
 * would be another's number or address.
 */
export const parseLoginName = (text: string): ParsedIdentifier | undefined =>
  text.includes("@") || /^[\p{Nd}\s()+./-]*$/u.test(text.normalize("NFKC")) ? undefined : parseUsername(text);
