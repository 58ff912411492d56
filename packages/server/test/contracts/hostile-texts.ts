/** Texts that are no e-mail address, by what is wrong with them. */
export const notEmails: Readonly<Record<string, string>> = {
  "the e-mail has no @": "ada.example.org",
  "the e-mail has no dot in its domain": "ada@localhost",
  "the e-mail has 65 characters before the @": `${"l".repeat(65)}@example.org`,
  "the e-mail has a line break": "ada@example.org\r\nBcc: eve@example.org",
  "the e-mail has a NUL": "ada\u0000@example.org",
  "the e-mail has a dotless ı": "adaı@example.org",
  "the e-mail has a long ſ": "ſam@example.org",
  "the e-mail has a Kelvin sign": "\u212aate@example.org",
  "the e-mail has a ß before the @": "straße@example.org",
  "the e-mail has a full-width @": "ada＠example.org",
  "the e-mail has an override of direction": "ada\u202e@example.org",
  "the e-mail has a zero-width space in its domain": "ada@exam\u200bple.org",
  "the e-mail is an address literal": "ada@[127.0.0.1]",
  "the e-mail has a display name": "Ada <ada@example.org>",
};

/** Texts that hold what nobody sees, by what it is. */
export const unseen: Readonly<Record<string, string>> = {
  "a NUL": "ada\u0000",
  "a line feed inside": "ada\nlovelace",
  "an escape": "ada\u001b[31m",
  "an override of direction": "ada\u202exe",
  "a right-to-left mark": "ada\u200fx",
  "an isolate": "ada\u2066x\u2069",
  "a zero-width space": "a\u200bda",
  "a zero-width joiner": "a\u200dda",
  "a byte order mark": "a\ufeffda",
};
