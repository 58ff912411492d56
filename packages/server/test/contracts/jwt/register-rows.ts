import { type GivenRegistration, givenRegistration } from "../../given.js";
import { type Row, rowsFor } from "./row.js";
import type { Sent } from "../stage.js";

/** A registration with these members instead of the good ones; `undefined` leaves one out. */
const registering = (over: Readonly<Record<string, unknown>>): Sent => ({
  path: "/register",
  json: givenRegistration(over),
});

const texts = (name: keyof GivenRegistration, cases: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(cases).map(([when, value]) => [when, registering({ [name]: value })]));

const absent = (name: "username" | "email" | "password"): Record<string, Sent> =>
  texts(name, {
    [`the ${name} is absent`]: undefined,
    [`the ${name} is null`]: null,
    [`the ${name} is empty`]: "",
    [`the ${name} is a number`]: 7,
    [`the ${name} is true`]: true,
    [`the ${name} is a list`]: ["ada@example.org"],
    [`the ${name} is an object`]: { $ne: "" },
  });

const taken = async (stage: Parameters<Row["send"]>[0]) =>
  stage.shared("taken", () => stage.register({ username: "Strauß Ⅳ", email: "taken.name+tag@Bücher.example" }));

/** A registration that comes after the one that took a name and an address. */
const besideTaken =
  (over: Readonly<Record<string, unknown>>): Row["send"] =>
  async (stage) => {
    await taken(stage);
    return registering(over);
  };

export const registerRows: readonly Row[] = [
  ...rowsFor(
    "register",
    400,
    "Username, email, and password are required",
  )({
    "the body is empty": { path: "/register", method: "POST" },
    "the object is empty": { path: "/register", json: {} },
    ...absent("username"),
    ...absent("email"),
    ...absent("password"),
    "the user name is of blanks": registering({ username: " \t\u3000" }),
    "the e-mail is of blanks": registering({ email: " \r\n " }),
    "the names are in capitals": {
      path: "/register",
      json: { Username: "ada", Email: "ada@example.org", Password: "x" },
    },
  }),
  ...rowsFor(
    "register",
    400,
    "Invalid email address",
  )(
    texts("email", {
      "the e-mail has no @": "ada.example.org",
      "the e-mail has no dot in its domain": "ada@localhost",
      "the e-mail has 65 characters before the @": `${"l".repeat(65)}@example.org`,
      "the e-mail has 255 characters": `${"l".repeat(64)}@${"d".repeat(63)}.${"d".repeat(63)}.${"d".repeat(62)}`,
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
    }),
  ),
  ...rowsFor(
    "register",
    400,
    "Invalid username",
  )(
    texts("username", {
      "the user name has 151 characters": "a".repeat(151),
      "the user name has 151 characters of four bytes": "😀".repeat(151),
      "the user name has 151 characters after NFKC": `${"a".repeat(148)}\ufb03`,
      "the user name has a NUL": "ada\u0000",
      "the user name has a line feed inside": "ada\nlovelace",
      "the user name has an escape": "ada\u001b[31m",
      "the user name has an override of direction": "ada\u202exe",
      "the user name has a right-to-left mark": "ada\u200f",
      "the user name has an isolate": "ada\u2066x\u2069",
      "the user name has a zero-width space": "a\u200bda",
      "the user name has a zero-width joiner": "a\u200dda",
      "the user name has a byte order mark": "a\ufeffda",
    }),
  ),
  ...rowsFor(
    "register",
    400,
    "Password does not meet security requirements",
  )(
    texts("password", {
      "the password is a blank": " ",
      "the password has 11 characters": "Aa1-5678901",
      "the password has 11 characters in 12 code points before NFKC": "Aa1-567890e\u0301",
      "the password has 11 characters of four bytes": `Aa1${"😀".repeat(8)}`,
      "the password has 1,001 characters": `Aa1-${"x".repeat(997)}`,
      "the password has 60,000 characters": `Aa1-${"x".repeat(60_000)}`,
      "the password has no upper-case letter": "correct-horse-9-battery",
      "the password has no lower-case letter": "CORRECT-HORSE-9-BATTERY",
      "the password has no digit": "Correct-Horse-battery",
      "the password has no other character": "CorrectHorse9battery",
      "the password is a common one": "Password1234 ",
    }),
  ),
  ...rowsFor(
    "register",
    400,
    "User name already exists",
  )({
    "the user name is taken": async (stage) => registering({ username: (await taken(stage)).username }),
    "the user name is taken in another case": besideTaken({ username: "STRAUẞ ⅳ" }),
    "the user name is taken with ss for ß": besideTaken({ username: "strauss iv" }),
    "the user name is taken, and blanks stand around it": besideTaken({ username: "\t Strauß Ⅳ\u3000" }),
    "the user name is taken in full-width letters": besideTaken({ username: "Ｓｔｒａｕß ＩＶ" }),
    "the user name and the e-mail are taken": async (stage) => ({ path: "/register", json: await taken(stage) }),
  }),
  ...rowsFor(
    "register",
    400,
    "Email already exists",
  )({
    "the e-mail is taken": async (stage) => registering({ email: (await taken(stage)).email }),
    "the e-mail is taken in another case of the local part": besideTaken({ email: "Taken.NAME+Tag@bücher.example" }),
    "the e-mail is taken in another case of the domain": besideTaken({ email: "taken.name+tag@BÜCHER.EXAMPLE" }),
    "the e-mail is taken as A-label": besideTaken({ email: "taken.name+tag@xn--bcher-kva.example" }),
    "the e-mail is taken, and blanks stand around it": besideTaken({ email: " \ttaken.name+tag@bücher.example\r\n" }),
  }),
];
