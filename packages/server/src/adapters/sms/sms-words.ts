import type { Letter } from "#core/outbox/message.js";

/** The words of every SMS in one language: short, since each 70 letters that are not Latin cost one message more. */
export interface SmsWords {
  readonly language: string;
  readonly texts: { readonly [Kind in Letter["kind"]]: (letter: LetterOf<Kind>, service: string) => string };
}

export type LetterOf<Kind extends Letter["kind"]> = Extract<Letter, { readonly kind: Kind }>;
