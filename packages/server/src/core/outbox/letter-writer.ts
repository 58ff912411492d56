import type { Letter } from "./message.js";

/** Puts letters into words. */
export interface LetterWriter {
  /** In the language asked for; in English where there are no words in it. */
  write(letter: Letter, language: string): WrittenLetter;
}

/** Puts letters into the words of an SMS. */
export interface SmsWriter {
  /** In the language asked for; in English where there are no words in it. */
  write(letter: Letter, language: string): string;
}

export interface WrittenLetter {
  /** What it is written in. */
  readonly language: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** A whole document that loads nothing. */
  readonly html: string;
}
