import type { Letter } from "#core/outbox/message.js";

/** The words of every letter in one language. */
export interface LetterWords {
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  readonly letters: { readonly [Kind in Letter["kind"]]: (letter: LetterOf<Kind>, service: string) => Wording };
  /** Ends every letter. */
  closing(service: string): string;
}

export type LetterOf<Kind extends Letter["kind"]> = Extract<Letter, { readonly kind: Kind }>;

/** One letter's subject, and its paragraphs before and after the code or link. */
export interface Wording {
  readonly subject: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}
