import { givenPassword, givenPerson } from "../../given.js";
import type { Sent } from "../stage.js";
import { bystander } from "./drafts.js";
import { fieldRows, type Row } from "./row.js";
import { carrying, type Member, type Stage } from "./stage.js";

const signingIn = (email: string, password: string = givenPassword): Sent => ({
  path: "/login/",
  json: { email, password },
});

/** Ten wrong passwords. */
export const lockOut = async (stage: Stage, email: string): Promise<void> => {
  for (let tries = 0; tries < 10; tries += 1) await stage.ask(signingIn(email, "wrong"));
};

/** Somebody whose account may not sign in. */
const outsider = (stage: Stage, command: "restrict" | "deny" | "close"): Promise<Member> =>
  stage.shared(`outsider: ${command}`, async () => {
    const member = await stage.enter();
    await stage.cli("user", command, member.person.email);
    return member;
  });

/** Somebody who has never set a password. */
const passwordless = (stage: Stage): Promise<string> =>
  stage.shared("passwordless", async () => {
    const { email, fullname } = givenPerson();
    await stage.ask({ path: "/register/", json: { email, fullname } });
    const answer = await stage.verify(email, await stage.codeFor(email));
    if (answer.status !== 201) throw new Error(answer.text);
    return email;
  });

const unknown: Readonly<Record<string, Row["send"] | Sent>> = {
  "nobody has the e-mail": signingIn("nobody@example.org"),
  "the e-mail cannot be one": signingIn("not an address"),
  "the e-mail has a NUL": signingIn("ada\u0000@example.org"),
  "the e-mail is SQL": signingIn("' or 1=1 --"),
  "the e-mail is a pattern": signingIn("%@example.org"),
  "the e-mail's owner is only pending": async (stage) => signingIn((await stage.register()).email),
  "the account has been deleted": async (stage) => {
    const { person, key } = await stage.enter();
    await stage.ask({ path: "/profile/delete/", method: "DELETE", headers: carrying(key) });
    return signingIn(person.email);
  },
};

const wrong: Readonly<Record<string, Row["send"]>> = {
  "the password is wrong": async (stage) => signingIn((await bystander(stage)).person.email, `${givenPassword}x`),
  "the password is right but for its case": async (stage) =>
    signingIn((await bystander(stage)).person.email, givenPassword.toLowerCase()),
  "a blank stands behind the password": async (stage) =>
    signingIn((await bystander(stage)).person.email, `${givenPassword} `),
  "the password has a NUL behind it": async (stage) =>
    signingIn((await bystander(stage)).person.email, `${givenPassword}\u0000`),
  "the password is wrong, and the account restricted": async (stage) =>
    signingIn((await outsider(stage, "restrict")).person.email, "wrong"),
};

const unable: Readonly<Record<string, Row["send"]>> = {
  "the account has no password": async (stage) => signingIn(await passwordless(stage)),
  "the account is restricted": async (stage) => signingIn((await outsider(stage, "restrict")).person.email),
  "the account is denied": async (stage) => signingIn((await outsider(stage, "deny")).person.email),
  "the account is closed": async (stage) => signingIn((await outsider(stage, "close")).person.email),
  "ten passwords were wrong, and this one is right": async (stage) => {
    const { person } = await stage.enter();
    await lockOut(stage, person.email);
    // Another device than the one that signed in.
    return { ...signingIn(person.email), headers: { "user-agent": "another" } };
  },
  "ten passwords were sent for an address that nobody has": async (stage) => {
    const { email } = givenPerson();
    await lockOut(stage, email);
    return signingIn(email);
  },
};

const hardened = (cases: Readonly<Record<string, Row["send"] | Sent>>): Record<string, Row["send"] | Sent> =>
  Object.fromEntries(Object.entries(cases).map(([when, send]) => [`${when}, hardened`, send]));

export const loginRows: readonly Row[] = [
  ...fieldRows("login", "email", "user not exists with this email")(unknown),
  ...fieldRows("login", "password", "password is incorrect")(wrong),
  ...fieldRows("login", "non_field_errors", "Unable to log in with provided credentials.")(unable),
  ...fieldRows(
    "login",
    "non_field_errors",
    "Unable to log in with provided credentials.",
  )(hardened({ ...unknown, ...wrong, ...unable }), { mount: "hardened" }),
];
