/** A text as its writer wrote it, and as it is compared. */
export interface ParsedIdentifier {
  readonly displayValue: string;
  readonly normalizedValue: string;
}

const maximumLength = 254;
const maximumLocalLength = 64;
// HTML Living Standard, "valid e-mail address", split at the @; the domain is checked in its A-label form.
const localPart = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/;
const asciiDomain = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
// What could steer a URL parser away from reading a host name, and what it drops unseen.
const unsafeInDomain =
  /[\u0000-\u002c\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]|[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/**
 * An e-mail address: trimmed, lower case, domain as A-label (RFC 5890), at least one dot in it; `undefined` when it is none.
 * Text that NFKC would change is refused rather than folded, so that no look-alike becomes somebody's address.
 * Dots and `+tag` are kept: they are distinct addresses.
 */
export const parseEmail = (text: string): ParsedIdentifier | undefined => {
  const displayValue = text.trim();
  if (displayValue.length > maximumLength || displayValue.normalize("NFKC") !== displayValue) return undefined;
  const at = displayValue.lastIndexOf("@");
  const local = displayValue.slice(0, Math.max(at, 0)).toLowerCase();
  const domain = toAsciiDomain(displayValue.slice(at + 1));
  if (local.length > maximumLocalLength || !localPart.test(local) || domain === undefined) return undefined;
  const normalizedValue = `${local}@${domain}`;
  return normalizedValue.length > maximumLength ? undefined : { displayValue, normalizedValue };
};

const toAsciiDomain = (domain: string): string | undefined => {
  if (domain === "" || unsafeInDomain.test(domain.toLowerCase()) || !URL.canParse(`http://${domain}`)) return undefined;
  const host = new URL(`http://${domain}`).hostname;
  // A host of digits is read as an IPv4 address, which is no mail domain.
  return asciiDomain.test(host) && !/\.[0-9]+$/.test(host) ? host : undefined;
};
