import type { Letter } from "#core/outbox/message.js";

export const code = "042137";
export const link = "https://id.example.org/auth/verify?token=a_b-c&x=1";
const at = Date.UTC(2026, 0, 31, 12, 5);

const letters: { readonly [Kind in Letter["kind"]]: Omit<Extract<Letter, { readonly kind: Kind }>, "kind"> } = {
  "registration-code": { code, expiresIn: 300_000 },
  "already-registered": {},
  "registration-link": { link, expiresIn: 1_800_000 },
  "username-taken": {},
  "sign-in-code": { code, expiresIn: 300_000 },
  "recovery-link": { link, expiresIn: 3_600_000 },
  "recovery-by-question": { link, availableAt: at + 86_400_000, expiresIn: 86_400_000 },
  "account-recovered": { at },
  "factor-locked": { factor: "memorable", at },
  "factor-changed": { factor: "backup-code", at },
  "backup-code-used": { left: 3, at },
  "recovery-code": { code, expiresIn: 300_000 },
  "identity-link-code": { code, expiresIn: 300_000, provider: "GitHub" },
  "password-changed": { at },
  "identity-linked": { provider: "GitHub", at },
  "sign-in-stolen": { at },
};

/** A letter of every kind. */
export const allLetters: readonly Letter[] = Object.entries(letters).map(
  // A kind with its own details.
  ([kind, details]) => ({ kind, ...details }) as Letter,
);
