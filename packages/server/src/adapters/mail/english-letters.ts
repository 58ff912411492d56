import type { Factor } from "#core/refusal.js";
import { nameInLetter } from "./name-in-letter.js";
import type { LetterWords } from "./letter-words.js";

export const englishLetters: LetterWords = {
  language: "en",
  direction: "ltr",
  letters: {
    "registration-code": ({ expiresIn }, service) => ({
      subject: `Your code for ${named(service)}`,
      before: [`Enter this code to finish your registration at ${named(service)}:`],
      after: [
        `It is good once, for ${duration(expiresIn)}. Tell it to nobody.`,
        "If you have not registered, ignore this message: without the code no account is made.",
      ],
    }),
    "already-registered": (_, service) => ({
      subject: `You have an account at ${named(service)}`,
      before: [
        `Somebody, perhaps you, tried to register at ${named(service)} with this address. It has an account already, and nothing was changed.`,
        "If it was you, sign in as usual, or ask there for a new password.",
        "If it was not you, there is nothing to do.",
      ],
      after: [],
    }),
    "registration-link": ({ expiresIn }, service) => ({
      subject: `Confirm your address for ${named(service)}`,
      before: [`Open this link to finish your registration at ${named(service)}:`],
      after: [
        `It is good once, for ${duration(expiresIn)}.`,
        "If you have not registered, ignore this message: without the link no account is made.",
      ],
    }),
    "username-taken": (_, service) => ({
      subject: `Choose another user name for ${named(service)}`,
      before: [
        `You tried to register at ${named(service)} with this address, but the user name that you chose is taken. Register again with another one.`,
        "If it was not you, ignore this message: no account was made.",
      ],
      after: [],
    }),
    "sign-in-code": ({ expiresIn }, service) => ({
      subject: `Your code to sign in to ${named(service)}`,
      before: [`Enter this code to sign in to ${named(service)}:`],
      after: [
        `It is good once, for ${duration(expiresIn)}. Tell it to nobody.`,
        "If you have not tried to sign in, somebody knows your password: choose a new one.",
      ],
    }),
    "recovery-link": ({ expiresIn }, service) => ({
      subject: `Choose a new password at ${named(service)}`,
      before: [`Open this link to choose a new password at ${named(service)}:`],
      after: [
        `It is good once, for ${duration(expiresIn)}. Give it to nobody: whoever has it can take over your account.`,
        "If you have not asked for it, ignore this message: your password stays as it is.",
      ],
    }),
    "recovery-by-question": ({ availableAt }, service) => ({
      subject: `Somebody wants to set a new password at ${named(service)}`,
      before: [
        `Somebody, perhaps you, answered the control question of your account at ${named(service)}, and can set a new password from ${time(availableAt)} on.`,
        "If it was not you, open this link and stop it there:",
      ],
      after: ["If it was you, there is nothing to do."],
    }),
    "account-recovered": ({ at }, service) => ({
      subject: `Your account at ${named(service)} was recovered`,
      before: [
        `On ${time(at)} a new password was set for your account at ${named(service)} by way of its recovery. Everybody else who was signed in to it has been signed out.`,
        "If it was not you, recover your account at once, and tell those who run it.",
      ],
      after: [],
    }),
    "factor-locked": ({ factor, at }, service) => ({
      subject: `Too many wrong answers at ${named(service)}`,
      before: [
        `Somebody, perhaps you, tried to sign in to your account at ${named(service)} and was wrong too often. Since ${time(at)} ${factors[factor]} cannot be used for a while.`,
        "If it was you, wait, or sign in another way. If it was not you, nobody has come in by it; if it happens again, tell those who run it.",
      ],
      after: [],
    }),
    "factor-changed": ({ factor, at }, service) => ({
      subject: `Something was changed in how you sign in to ${named(service)}`,
      before: [
        `On ${time(at)} ${factors[factor]} of your account at ${named(service)} was set, changed or switched.`,
        "If it was not you, recover your account at once, and tell those who run it.",
      ],
      after: [],
    }),
    "backup-code-used": ({ left, at }, service) => ({
      subject: `A backup code was used at ${named(service)}`,
      before: [
        `On ${time(at)} one of your backup codes was used to sign in to ${named(service)}. You have ${String(left)} left.`,
        "If it was not you, recover your account at once, and make new codes.",
      ],
      after: [],
    }),
    "recovery-code": ({ expiresIn }, service) => ({
      subject: `Your code for a new password at ${named(service)}`,
      before: [`Enter this code to choose a new password at ${named(service)}:`],
      after: [
        `It is good once, for ${duration(expiresIn)}. Tell it to nobody: whoever has it can take over your account.`,
        "If you have not asked for it, ignore this message: your password stays as it is.",
      ],
    }),
    "identity-link-code": ({ provider, expiresIn }, service) => ({
      subject: `Your code to allow signing in with ${named(provider)}`,
      before: [
        `Somebody, perhaps you, wants to sign in to your account at ${named(service)} with ${named(provider)}. Enter this code to allow it:`,
      ],
      after: [
        `It is good once, for ${duration(expiresIn)}. Tell it to nobody.`,
        "If it was not you, ignore this message: without the code nothing is changed.",
      ],
    }),
    "password-changed": ({ at }, service) => ({
      subject: `Your password at ${named(service)} was changed`,
      before: [
        `The password of your account at ${named(service)} was changed on ${time(at)}. Everybody else who was signed in to it has been signed out.`,
        "If it was not you, ask there for a new password at once, and tell those who run it.",
      ],
      after: [],
    }),
    "identity-linked": ({ provider, at }, service) => ({
      subject: `You can now sign in with ${named(provider)}`,
      before: [
        `Since ${time(at)} your account at ${named(service)} can be entered by signing in with ${named(provider)}.`,
        "If you have not allowed this, choose a new password at once, and tell those who run it.",
      ],
      after: [],
    }),
    "sign-in-stolen": ({ at }, service) => ({
      subject: `One of your sign-ins at ${named(service)} was ended`,
      before: [
        `On ${time(at)} somebody used a copy of one of your sign-ins at ${named(service)}. To protect your account it was ended.`,
        "Sign in again. If you get this message once more, choose a new password.",
      ],
      after: [],
    }),
  },
  closing: (service) => `${named(service)} sent this message by itself; nobody reads answers to it.`,
};

/** With the verb in the singular behind it. */
const factors: Readonly<Record<Factor, string>> = {
  password: "the password",
  code: "the code by SMS or mail",
  "backup-code": "the set of backup codes",
  memorable: "the pair of memorable words",
  "control-answer": "the control question",
};

const named = (name: string): string => nameInLetter(name, "ltr");

const duration = (milliseconds: number): string => {
  const minutes = Math.round(milliseconds / 60_000);
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, "hour"] : [minutes, "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
};

const times = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const time = (at: number): string => `${times.format(at)} (UTC)`;
