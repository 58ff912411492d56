import { givenPassword } from "../../given.js";
import { type Row, rowsFor } from "./row.js";
import type { Sent } from "../stage.js";
import type { Member, Stage } from "./stage.js";

const challenge = { headers: { "www-authenticate": "Bearer" } };

const signingIn = (over: Readonly<Record<string, unknown>>): Sent => ({
  path: "/login",
  json: { email: "nobody@example.org", password: givenPassword, ...over },
});

const absent = (name: "email" | "password"): Record<string, Sent> => ({
  [`the ${name} is absent`]: signingIn({ [name]: undefined }),
  [`the ${name} is null`]: signingIn({ [name]: null }),
  [`the ${name} is empty`]: signingIn({ [name]: "" }),
  [`the ${name} is a number`]: signingIn({ [name]: 7 }),
  [`the ${name} is a list`]: signingIn({ [name]: ["a"] }),
  [`the ${name} is an object`]: signingIn({ [name]: { $gt: "" } }),
});

/** Somebody whose account is in a state in which it may not sign in, with the tokens of before. */
export const outsider = (
  stage: Stage,
  state: "restricted" | "denied" | "closed" | "deleted" | "purged",
): Promise<Member> =>
  stage.shared(state, async () => {
    const member = await stage.enter();
    const { email } = member.registration;
    const acts = {
      restricted: "restrict",
      denied: "deny",
      closed: "close",
      deleted: "delete",
      purged: "delete",
    } as const;
    const { stdout } = await stage.cli("user", acts[state], email, "--json");
    const { accountId } = JSON.parse(stdout) as { readonly accountId: string };
    if (state === "purged") await stage.cli("user", "purge", accountId, "--yes");
    return member;
  });

const right = async (member: Promise<Member>): Promise<Sent> => {
  const { email, password } = (await member).registration;
  return { path: "/login", json: { email, password } };
};

/** Ten wrong passwords, each from an address of its own. */
export const lockOut = async (stage: Stage, email: string): Promise<void> => {
  for (let tries = 0; tries < 10; tries += 1) await stage.ask({ path: "/login", json: { email, password: "wrong" } });
};

export const loginRows: readonly Row[] = [
  ...rowsFor(
    "login",
    400,
    "Email and password are required",
  )({
    "the body is empty": { path: "/login", method: "POST" },
    ...absent("email"),
    ...absent("password"),
    "the e-mail is of blanks": signingIn({ email: " \t " }),
  }),
  ...rowsFor(
    "login",
    401,
    "Invalid credentials",
  )(
    {
      "nobody has the e-mail": signingIn({}),
      "the e-mail cannot be one": signingIn({ email: "not an address" }),
      "the e-mail has a NUL": signingIn({ email: "ada\u0000@example.org" }),
      "the e-mail has 60,000 characters": signingIn({ email: "a".repeat(60_000) }),
      "the user name stands for the e-mail": async (stage) => {
        const { registration } = await stage.shared("member", () => stage.enter());
        return signingIn({ email: registration.username });
      },
      "the password is wrong": async (stage) => {
        const { registration } = await stage.shared("member", () => stage.enter());
        return signingIn({ email: registration.email, password: `${givenPassword}x` });
      },
      "the password is right but for its case": async (stage) => {
        const { registration } = await stage.shared("member", () => stage.enter());
        return signingIn({ email: registration.email, password: givenPassword.toLowerCase() });
      },
      "the password has a blank behind it": async (stage) => {
        const { registration } = await stage.shared("member", () => stage.enter());
        return signingIn({ email: registration.email, password: `${givenPassword} ` });
      },
      "the password is a blank": async (stage) => {
        const { registration } = await stage.shared("member", () => stage.enter());
        return signingIn({ email: registration.email, password: " " });
      },
      "the password has 1,001 characters": async (stage) => {
        const { registration } = await stage.shared("member", () => stage.enter());
        return signingIn({ email: registration.email, password: `Aa1-${"x".repeat(997)}` });
      },
      "a dot of the e-mail is missing": async (stage) => {
        const { email } = await stage.shared("dotted", () => stage.register({ email: "g.race@example.org" }));
        return signingIn({ email: email.replace("g.race", "grace") });
      },
      "the tag of the e-mail is missing": async (stage) => {
        const { email } = await stage.shared("tagged", () => stage.register({ email: "alan+1@example.org" }));
        return signingIn({ email: email.replace("+1", "") });
      },
      "the account is restricted": (stage) => right(outsider(stage, "restricted")),
      "the account is denied": (stage) => right(outsider(stage, "denied")),
      "the account is closed": (stage) => right(outsider(stage, "closed")),
      "the account is deleted": (stage) => right(outsider(stage, "deleted")),
      "the account is gone": (stage) => right(outsider(stage, "purged")),
      "ten wrong passwords came from ten other addresses, and the eleventh is right": async (stage) => {
        const registration = await stage.register();
        await lockOut(stage, registration.email);
        return signingIn({ ...registration });
      },
      "ten tries at an e-mail that nobody has, and then somebody takes it": async (stage) => {
        await lockOut(stage, "later@example.org");
        return signingIn({ email: "later@example.org" });
      },
    },
    challenge,
  ),
];
