import { normalizePassword } from "../passwords/password-policy.js";

/** Answers are compared without what is typed differently each time: case, width, and blanks at the ends or more than one. */
export const foldAnswer = (text: string): string =>
  normalizePassword(text).trim().replaceAll(/\s+/gu, " ").toLowerCase().toUpperCase().toLowerCase();
