import { givenPerson } from "../../given.js";
import type { Sent } from "../stage.js";
import { endCode, endRegistration, restAddress } from "./aging.js";
import { fieldRows, type Row, rowsFor } from "./row.js";
import { carrying, otherThan, type Stage } from "./stage.js";

/** Texts that are no digits of ASCII. */
export const notDigits: Readonly<Record<string, string>> = {
  "the code is of letters": "abcdef",
  "a letter stands behind it": "12345a",
  "it is an exponent": "1e5",
  "a plus stands before it": "+12345",
  "a minus stands before it": "-12345",
  "it is hexadecimal": "0x1234",
  "it is a fraction": "12345.0",
  "a blank stands inside": "123 456",
  "a line feed stands inside": "123\n456",
  "a NUL stands behind it": "123456\u0000",
  "it is of Persian digits": "۱۲۳۴۵۶",
  "it is of Arabic digits": "١٢٣٤٥٦",
  "it is of full-width digits": "１２３４５６",
  "it is of superscripts": "¹²³⁴⁵⁶",
  "it has an override of direction": "\u202e123456",
  "it has 10,000 letters": "x".repeat(10_000),
};

const verifying = (email: string, code: string): Sent => ({ path: "/verify/", json: { email, code } });

/** Somebody who waits for a code, and the code. */
const pending = async (stage: Stage): Promise<{ readonly email: string; readonly code: string }> => {
  const { email } = await stage.register();
  return { email, code: await stage.codeFor(email) };
};

/** Five wrong codes. */
const useUpTries = async (stage: Stage, email: string, code: string): Promise<void> => {
  for (let tries = 0; tries < 5; tries += 1) await stage.verify(email, otherThan(code));
};

const unknown = "Verification data not found or expired.";

/** What a hardened mount says as if nothing were pending. */
const hidden: Readonly<Record<string, Row["send"]>> = {
  "the code is wrong": async (stage) => {
    const { email, code } = await pending(stage);
    return verifying(email, otherThan(code));
  },
  "the code's time is over": async (stage) => {
    const { email, code } = await pending(stage);
    await endCode(stage, "registration", email);
    return verifying(email, code);
  },
  "five codes were wrong": async (stage) => {
    const { email, code } = await pending(stage);
    await useUpTries(stage, email, code);
    return verifying(email, code);
  },
  "the address is somebody's": async (stage) => {
    const { person } = await stage.enter();
    await restAddress(stage, person.email);
    await stage.register({ email: person.email });
    return verifying(person.email, "123456");
  },
};

export const codeRows: readonly Row[] = [
  ...fieldRows(
    "verify",
    "code",
    "enter code numeric",
  )(Object.fromEntries(Object.entries(notDigits).map(([when, code]) => [when, verifying("nobody@example.org", code)]))),
  ...fieldRows(
    "verify",
    "code",
    unknown,
  )({
    "nobody registers the e-mail": verifying("nobody@example.org", "123456"),
    "the e-mail cannot be one": verifying("nobody", "123456"),
    "the e-mail has a NUL": verifying("ada\u0000@example.org", "123456"),
    "the code was used": async (stage) => {
      const { email, code } = await pending(stage);
      await stage.verify(email, code);
      return verifying(email, code);
    },
    "the registration has waited too long": async (stage) => {
      const { email, code } = await pending(stage);
      await endRegistration(stage, email);
      return verifying(email, code);
    },
    "the registration is another mount's": async (stage) => {
      const { email, code } = await pending(stage.at({ mount: "hardened" }));
      return verifying(email, code);
    },
    "somebody has proven the address elsewhere meanwhile": async (stage) => {
      const { email, code } = await pending(stage);
      const other = stage.at({ mount: "hardened" });
      await restAddress(stage, email);
      await other.register({ email });
      await other.verify(email, await other.codeFor(email));
      return verifying(email, code);
    },
    "the guest has been deleted meanwhile": async (stage) => {
      const guest = await stage.guest();
      const { email } = await stage.register({}, carrying(guest.key));
      const code = await stage.codeFor(email);
      await stage.ask({ path: "/profile/delete/", method: "DELETE", headers: carrying(guest.key) });
      return verifying(email, code);
    },
  }),
  ...fieldRows(
    "verify",
    "code",
    unknown,
  )(hidden, { mount: "hardened" }).map((row) => ({
    ...row,
    when: `${row.when}, hardened`,
  })),
  ...fieldRows(
    "verify",
    "code",
    "The verification code has expired.",
  )({
    "the code is right, and its time over": async (stage) => {
      const { email, code } = await pending(stage);
      await endCode(stage, "registration", email);
      return verifying(email, code);
    },
    "the code is wrong, and its time over": async (stage) => {
      const { email, code } = await pending(stage);
      await endCode(stage, "registration", email);
      return verifying(email, otherThan(code));
    },
  }),
  ...fieldRows(
    "verify",
    "code",
    "code notfound",
  )({
    "the code is wrong": async (stage) => {
      const { email, code } = await pending(stage);
      return verifying(email, otherThan(code));
    },
    "the code has five digits": async (stage) => verifying((await pending(stage)).email, "12345"),
    "the code has seven digits": async (stage) => {
      const { email, code } = await pending(stage);
      return verifying(email, `${code}0`);
    },
    "the code is right behind a nought": async (stage) => {
      const { email, code } = await pending(stage);
      return verifying(email, `0${code}`);
    },
    "the code has 10,000 digits": async (stage) => verifying((await pending(stage)).email, "1".repeat(10_000)),
    "five codes were wrong, and this one is right": async (stage) => {
      const { email, code } = await pending(stage);
      await useUpTries(stage, email, code);
      return verifying(email, code);
    },
    "five codes of another number of digits came before the right one": async (stage) => {
      const { email, code } = await pending(stage);
      for (let tries = 0; tries < 5; tries += 1) await stage.verify(email, "1");
      return verifying(email, code);
    },
    "it is the code of another address": async (stage) => {
      const [one, other] = [await pending(stage), await pending(stage)];
      return verifying(one.email, one.code === other.code ? otherThan(one.code) : other.code);
    },
    "it is the code before a resend": async (stage) => {
      const { email, code } = await pending(stage);
      await restAddress(stage, email);
      await stage.ask({ path: "/resend/", json: { email } });
      const newer = await stage.codeFor(email);
      return verifying(email, code === newer ? otherThan(code) : code);
    },
    "it is the code before a second registration": async (stage) => {
      const { email, code } = await pending(stage);
      await restAddress(stage, email);
      await stage.register({ email });
      const newer = await stage.codeFor(email);
      return verifying(email, code === newer ? otherThan(code) : code);
    },
  }),
  ...fieldRows(
    "resend",
    "email",
    unknown,
  )({
    "nobody registers the e-mail": { path: "/resend/", json: { email: "nobody@example.org" } },
    "the e-mail cannot be one": { path: "/resend/", json: { email: "ada" } },
    "the e-mail has a NUL": { path: "/resend/", json: { email: "ada\u0000@example.org" } },
    "the registration is complete": async (stage) => {
      const { person } = await stage.enter();
      return { path: "/resend/", json: { email: person.email } };
    },
    "the registration has waited too long": async (stage) => {
      const { email } = await stage.register();
      await endRegistration(stage, email);
      return { path: "/resend/", json: { email } };
    },
    "the registration is another mount's": async (stage) => {
      const { email } = await stage.at({ mount: "hardened" }).register();
      return { path: "/resend/", json: { email } };
    },
    "a recovery waits, and no registration": async (stage) => {
      const { email } = givenPerson();
      await stage.ask({ path: "/forgot/", json: { email } });
      return { path: "/resend/", json: { email } };
    },
  }),
  ...rowsFor(
    "resend",
    429,
    undefined,
    "Request was throttled. Expected available in N seconds.",
  )({
    "a code was mailed within a minute": async (stage) => {
      const { email } = await stage.register();
      return { path: "/resend/", json: { email } };
    },
    "five codes were mailed within an hour": async (stage) => {
      const { email } = await stage.register();
      for (let sent = 1; sent < 5; sent += 1) {
        await restAddress(stage, email);
        const answer = await stage.ask({ path: "/resend/", json: { email } });
        if (answer.status !== 200) throw new Error(answer.text);
      }
      await restAddress(stage, email);
      return { path: "/resend/", json: { email } };
    },
  }),
];
