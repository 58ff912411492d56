import { type GivenRegistration, givenRegistration } from "../../given.js";
import { notEmails, unseen } from "../hostile-texts.js";
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
      ...notEmails,
      "the e-mail has 255 characters": `${"l".repeat(64)}@${"d".repeat(63)}.${"d".repeat(63)}.${"d".repeat(62)}`,
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
      ...Object.fromEntries(Object.entries(unseen).map(([what, text]) => [`the user name has ${what}`, text])),
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
