/**
 * The last resort before a text is logged: whatever looks like a secret or a personal value is replaced, and whatever could
 * break a line or colour a terminal is made visible. What is logged on purpose is chosen by the fields of the log, not here.
 */
export const scrub = (text: string): string => {
  const bounded = text.length > longest ? `${text.slice(0, longest)}…` : text;
  const redacted = mayHoldSecret.test(bounded) ? redact(bounded) : bounded;
  return unprintable.test(redacted) ? redacted.replace(everyUnprintable, visible) : redacted;
};

/** Like `scrub`, for texts of several lines. */
export const scrubLines = (text: string): string => text.split("\n", 60).map(scrub).join("\n");

const longest = 2_000;

const names = String.raw`[\w-]{0,40}(?:passwords?|passwd|passphrase|tokens?|secrets?|secret[_-]?key|api[_-]?key)|pwd|pass|code|otp`;
// In quotes, in quotes that are themselves escaped, or up to the next blank or mark; a text that was cut has no end.
const values = String.raw`"(?:[^"\\]|\\.)*(?:"|$)|\\"(?:[^\\]|\\[^"])*(?:\\"|$)|'[^']*(?:'|$)|[^\s,;&)}\]]+`;

// Every repetition before an anchor that may be missing is bounded: whoever is refused chooses parts of these texts.
const rules: readonly (readonly [RegExp, string])[] = [
  // JSON Web Tokens, and the start of one that was cut.
  [/eyJ[\w-]{4,}(?:\.[\w-]*)*/g, "[token]"],
  // Credentials of Authorization headers.
  [/\b(bearer|basic|token|digest|negotiate)(\s+)(?=[^\s]{0,4096}[\d+/=._~-])[\w.~+/=-]{6,}/gi, "$1$2[redacted]"],
  // Whole header lines.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(\\?["']?\s*[:=]\s*)(?!\[)[^\r\n]+/gi, "$1$2[redacted]"],
  // Password hashes in PHC and crypt form, and Django's.
  [/\$(?:argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*|2[abxy]|[156y])\$[^\s"'\\]+/g, "[hash]"],
  [/\b(?:pbkdf2_sha\d+|scrypt|bcrypt_sha256|bcrypt|argon2)\$[^\s"'\\]+/g, "[hash]"],
  // Values of telling names, in JSON, query strings and prose.
  [new RegExp(String.raw`\b(${names})(\\?["']?\s*[:=]\s*)(?:${values})`, "gi"), "$1$2[redacted]"],
  // Private members of JSON Web Keys, and PEM.
  [/(\\?"(?:d|p|q|dp|dq|qi|k)\\?"\s*:\s*\\?")[\w-]{16,}/g, "$1[redacted]"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[private key]"],
  // Credentials in URLs.
  [/(:\/\/)[^\s/@]{0,300}@/g, "$1[redacted]@"],
  // What databases quote of a row: PostgreSQL's details, MariaDB's duplicate and truncated values.
  [/(\bKey \([^)]*\)=)\([\s\S]*(?:\)|$)/g, "$1([redacted])"],
  [/(\bFailing row contains )\([\s\S]*(?:\)|$)/g, "$1([redacted])"],
  [/(\bDuplicate entry )'[\s\S]*(?:'(?= for key)|$)/g, "$1'[redacted]'"],
  [/((?:Incorrect|Truncated incorrect) [\w ]+ value: )'[\s\S]*(?:'(?= for)|$)/g, "$1'[redacted]'"],
  // E-mail addresses.
  [/[^\s@/"'<>()=,;:]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,63}/gi, "[e-mail]"],
  // 256 random bits or more in base64url: generated secrets, one-time links, sealed texts.
  [/(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{40,}/g, "[secret]"],
];

/** One cheap look decides whether the rules are run at all: most texts are ids, routes and fixed words. */
const mayHoldSecret = /[$@=:]|eyJ|-----|bearer|basic|token|digest|negotiate|[Kk]ey \(|row|entry|value|[\w-]{40}/i;

const redact = (text: string): string => rules.reduce((left, [pattern, by]) => left.replace(pattern, by), text);

// Control characters, line and paragraph separators, bidirectional overrides, zero-width characters.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const everyUnprintable = new RegExp(unprintable, "g");

const visible = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
