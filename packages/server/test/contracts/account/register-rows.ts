import { notEmails, unseen } from "../hostile-texts.js";
import { jsonFor } from "./drafts.js";
import { fieldRows, type Row, rowsFor } from "./row.js";
import { carrying, type Member, type Stage } from "./stage.js";

type Fields = Readonly<Record<string, unknown>>;

/** Somebody whose address is taken. */
const taken = (stage: Stage): Promise<Member> =>
  stage.shared("taken", () => stage.enter({ email: `taken.name+tag@${stage.mountName}.Bücher.example` }));

/** A guest who may not act. */
const suspendedGuest = (stage: Stage): Promise<string> =>
  stage.shared("suspended guest", async () => {
    const { key, user } = await stage.guest();
    await stage.cli("user", "restrict", String(user["id"]));
    return key;
  });

const rowsOf = (name: "register" | "web-register"): readonly Row[] => {
  const sending =
    (over: Fields): Row["send"] =>
    (stage) =>
      jsonFor(stage, name, over);
  const each = (field: string, cases: Readonly<Record<string, string>>): Record<string, Row["send"]> =>
    Object.fromEntries(Object.entries(cases).map(([when, value]) => [when, sending({ [field]: value })]));
  const respelled =
    (spell: (email: string) => string): Row["send"] =>
    async (stage) =>
      jsonFor(stage, name, { email: spell((await taken(stage)).person.email) });
  const withKey =
    (find: (stage: Stage) => string | Promise<string>): Row["send"] =>
    async (stage) => ({ ...(await jsonFor(stage, name)), headers: carrying(await find(stage)) });
  return [
    ...fieldRows(name, "email", "Enter a valid email address.")(each("email", notEmails)),
    ...fieldRows(
      name,
      "fullname",
      "Not a valid string.",
    )(
      each(
        "fullname",
        Object.fromEntries(Object.entries(unseen).map(([what, text]) => [`the name has ${what}`, text])),
      ),
    ),
    ...fieldRows(
      name,
      "fullname",
      "Not a valid string.",
    )(
      each("fullname", {
        "a zero-width non-joiner stands between Latin letters": "ad\u200ca",
        "a zero-width non-joiner stands at the end of a Persian name": "علی\u200c",
      }),
    ),
    ...fieldRows(
      name,
      "email",
      "This email is already registered.",
    )({
      "the e-mail is taken": async (stage) => jsonFor(stage, name, { email: (await taken(stage)).person.email }),
      "it is taken in another case": respelled((email) => email.toUpperCase()),
      "it is taken as A-label": respelled((email) => email.replace("Bücher", "xn--bcher-kva")),
      "it is taken, and blanks stand around it": respelled((email) => ` \t${email}\r\n`),
      "it was taken on another mount": async (stage) => {
        const other = stage.at({ mount: "hardened" });
        const { person } = await other.shared("taken there", () => other.enter());
        return jsonFor(stage, name, { email: person.email });
      },
      "it is an imported account's": async (stage) => {
        const email = await stage.shared("imported", async () => {
          const given = `imported-${stage.mountName}@example.org`;
          await stage.cli("user", "create", "--email", given, "--verified", "--mount", stage.mountName);
          return given;
        });
        return jsonFor(stage, name, { email });
      },
    }),
    ...rowsFor(
      name,
      429,
      undefined,
      "Request was throttled. Expected available in N seconds.",
    )({
      "the same address registers with another name within a minute": async (stage) => {
        const first = await jsonFor(stage, name);
        await stage.ask(first);
        return { ...first, json: { ...(first.json as Fields), fullname: "Somebody Else" } };
      },
      "the same address registers in another language within a minute": async (stage) => {
        const first = await jsonFor(stage, name);
        await stage.ask(first);
        return { ...first, json: { ...(first.json as Fields), language: "fa" } };
      },
      "a code of another kind was mailed within a minute": async (stage) => {
        const first = await jsonFor(stage, name);
        await stage.ask({ path: "/forgot/", json: { email: (first.json as Fields)["email"] } });
        return first;
      },
    }),
    ...rowsFor(
      name,
      401,
      undefined,
      "Invalid token.",
    )(
      {
        "the guest's key is nobody's": withKey(() => "x".repeat(43)),
        "the guest's key is a letter": withKey(() => "x"),
        "the guest's key was revoked": withKey(async (stage) => {
          const { key } = await stage.guest();
          await stage.ask({ path: "/logout/", method: "POST", headers: carrying(key) });
          return key;
        }),
        "the guest has deleted the account": withKey(async (stage) => {
          const { key } = await stage.guest();
          await stage.ask({ path: "/profile/delete/", method: "DELETE", headers: carrying(key) });
          return key;
        }),
        "the guest is another mount's": withKey(async (stage) => (await stage.at({ mount: "hardened" }).guest()).key),
      },
      { headers: { "www-authenticate": "Token" } },
    ),
    ...rowsFor(
      name,
      403,
      undefined,
      "You do not have permission to perform this action.",
    )({
      "the guest is restricted": withKey(suspendedGuest),
      "the key can only set a new password": withKey((stage) =>
        stage.shared("recovery key", async () => stage.recover((await stage.enter()).person.email)),
      ),
    }),
  ];
};

/** Somebody whose address and name passwords can be like. */
const hildegard = { email: "margarethe.brandt@example.org", fullname: "Hildegard von Bingen" };

/** Passwords that break one rule of the mount. */
export const weakPasswords: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "This password is too short. It must contain at least 8 characters.": {
    "the password has 7 characters": "aB3$xyz",
    "the password has 7 characters of four bytes": "\u{1f600}\u{1f601}\u{1f602}\u{1f603}\u{1f604}\u{1f605}\u{1f606}",
    "the password has 7 characters in 8 code points before NFKC": "aB3$xye\u0301",
    "the password has one character": "q",
  },
  "This password is too common.": {
    "the password is a common one": "password1",
    "the password is a common one in another case": "PassWord1",
    "the password is a common one between blanks": " password1 ",
  },
  "This password is entirely numeric.": {
    "the password is of digits": "8305172946120",
    "the password is of Persian digits": "۸۳۰۵۱۷۲۹۴۶۱۲۰",
  },
  "The password is too similar to the email.": {
    "the password is the e-mail": hildegard.email,
    "the password is like a part of the e-mail": "margarethe1",
    "the password is like it in capitals": "MARGARETHE1",
  },
  "The password is too similar to the fullname.": {
    "the password is like a part of the name": "hildegard9",
    "the password is the name": "Hildegard von Bingen",
  },
};

export const registerRows: readonly Row[] = [
  ...rowsOf("register"),
  ...rowsOf("web-register"),
  ...Object.entries(weakPasswords).flatMap(([message, cases]) =>
    fieldRows(
      "web-register",
      "password",
      message,
    )(
      Object.fromEntries(
        Object.entries(cases).map(([when, password]): [string, Row["send"]] => [
          when,
          (stage) => jsonFor(stage, "web-register", { ...hildegard, password }),
        ]),
      ),
    ),
  ),
];
