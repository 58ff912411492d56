import type { PasswordFailure } from "#core/refusal.js";

/** The words of the hosted pages. */
export const messages = {
  title: "Choose a new password",
  label: "New password",
  submit: "Set the password",
  done: "Your password has been changed. Sign in with it where you usually do.",
  linkInvalid: "This link does not work any more. Ask for a new one.",
  unavailable: "The service is busy. Please try again in a moment.",
  internalError: "Something went wrong on our side.",
  notFound: "Not found",
  methodNotAllowed: "Method not allowed",
  bodyTooLarge: "Request body is too large",
  contentTypeNotForm: "Content-Type must be application/x-www-form-urlencoded",
  rateLimitExceeded: "Too many tries. Please wait a moment.",
} as const;

/** What to do about each broken rule. */
export const passwordAdvice = (failure: PasswordFailure): string => {
  switch (failure.rule) {
    case "too-short":
      return `Use at least ${failure.minimum} characters.`;
    case "too-long":
      return `Use at most ${failure.maximum} characters.`;
    case "character-class-missing":
      return `Add ${failure.missing.map((missing) => classWords[missing]).join(", ")}.`;
    case "too-common":
      return "This password is in lists of common or stolen passwords.";
    case "entirely-numeric":
      return "Use more than digits.";
    case "too-similar":
      return "This password is too close to your name or address.";
  }
};

const classWords = {
  upper: "an upper-case letter",
  lower: "a lower-case letter",
  digit: "a digit",
  other: "another character",
} as const;
