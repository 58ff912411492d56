import type { Factor } from "#core/refusal.js";
import type { SmsWords } from "./sms-words.js";

export const englishTexts: SmsWords = {
  language: "en",
  texts: {
    "registration-code": ({ expiresIn }, service) =>
      `${service}: your code to register. Good for ${minutes(expiresIn)}. Tell it to nobody.`,
    "sign-in-code": ({ expiresIn }, service) =>
      `${service}: your code to sign in. Good for ${minutes(expiresIn)}. Tell it to nobody.`,
    "recovery-code": ({ expiresIn }, service) =>
      `${service}: your code to set a new password. Good for ${minutes(expiresIn)}. Tell it to nobody.`,
    "identity-link-code": ({ provider, expiresIn }, service) =>
      `${service}: your code to allow signing in with ${provider}. Good for ${minutes(expiresIn)}. Tell it to nobody.`,
    "registration-link": (_, service) => `${service}: open this link to finish your registration:`,
    "recovery-link": (_, service) => `${service}: open this link to set a new password:`,
    "already-registered": (_, service) =>
      `${service}: somebody, perhaps you, tried to register with this number. It has an account already; nothing was changed.`,
    "username-taken": (_, service) => `${service}: the user name that you chose is taken. Register again with another.`,
    "recovery-by-question": (_, service) =>
      `${service}: somebody answered your control question and can set a new password in a day. Not you? Stop it here:`,
    "account-recovered": (_, service) =>
      `${service}: your account was recovered, a new password was set and all other sign-ins were ended. Not you? Tell those who run it.`,
    "factor-locked": ({ factor }, service) =>
      `${service}: too many wrong answers, your ${named[factor]} cannot be used for a while. Not you? Somebody is trying to sign in.`,
    "factor-changed": ({ factor }, service) =>
      `${service}: your ${named[factor]} was changed. Not you? Recover your account at once.`,
    "backup-code-used": ({ left }, service) =>
      `${service}: a backup code was used to sign in; ${String(left)} left. Not you? Recover your account at once.`,
    "password-changed": (_, service) => `${service}: your password was changed. Not you? Recover your account at once.`,
    "identity-linked": ({ provider }, service) =>
      `${service}: your account can now be entered by ${provider}. Not you? Set a new password at once.`,
    "sign-in-stolen": (_, service) =>
      `${service}: a copy of one of your sign-ins was used, so it was ended. Sign in again.`,
  },
};

const named: Readonly<Record<Factor, string>> = {
  password: "password",
  code: "code by SMS or mail",
  "backup-code": "backup codes",
  memorable: "memorable words",
  "control-answer": "control question",
};

const minutes = (milliseconds: number): string => `${String(Math.round(milliseconds / 60_000))} minutes`;
