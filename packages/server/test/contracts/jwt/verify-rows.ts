import assert from "node:assert/strict";
import { givenRegistration } from "../../given.js";
import { linkFor } from "../../server/inbox.js";
import { testSecrets } from "../../server/open-node.js";
import type { Sent } from "../stage.js";
import { type Row, rowsFor } from "./row.js";
import { prefixOf, type Stage } from "./stage.js";

/** A request to the hardened mount. */
export const hardened = (sent: Sent): Sent => ({ ...prefixOf("verify"), ...sent });

export const verifying = (token: unknown): Sent => hardened({ path: "/verify", json: { token } });

/** Registers at the hardened mount, which lets everybody. */
export const registerHardened = async (stage: Stage, over: Readonly<Record<string, unknown>> = {}) => {
  const registration = givenRegistration(over);
  const answer = await stage.ask(hardened({ path: "/register", json: registration }));
  assert.deepEqual([answer.status, answer.json], [201, { message: "User created successfully" }]);
  return registration;
};

/** The token of the newest link to the address. */
export const tokenFor = async (stage: Stage, email: string): Promise<string> =>
  new URL(await linkFor(stage.server, email)).searchParams.get("token") ?? "";

/** Registers, and gives the token that was mailed. */
export const awaiting = async (stage: Stage, over?: Readonly<Record<string, unknown>>) => {
  const registration = await registerHardened(stage, over);
  return { registration, token: await tokenFor(stage, registration.email) };
};

/** Registers and proves the address. */
export const proven = async (stage: Stage, over?: Readonly<Record<string, unknown>>) => {
  const { registration, token } = await awaiting(stage, over);
  const answer = await stage.ask(verifying(token));
  assert.deepEqual([answer.status, answer.json], [200, { message: "Email verified" }]);
  return { registration, token };
};

/** As if a minute had passed since the last letter to the address. */
export const restAddress = async (stage: Stage, email: string): Promise<void> => {
  const subject = testSecrets().digest("sending-subject", email);
  await stage.sql(`update sending_budget set last_at = last_at - 60000 where subject = '${subject}'`);
};

const ageLink = (stage: Stage, email: string): Promise<unknown> =>
  stage.sql(`update pending_registration set expires_at = expires_at - 86400000 where normalized_email = '${email}'`);

const wellFormed = "x".repeat(43);

export const verifyRows: readonly Row[] = rowsFor(
  "verify",
  400,
  "Invalid token",
)({
  "the body is empty": hardened({ path: "/verify", method: "POST" }),
  "the token is null": verifying(null),
  "the token is a number": verifying(7),
  "the token is a list": verifying([wellFormed]),
  "the token is an object": verifying({ $ne: "" }),
  "the token is empty": verifying(""),
  "the token is unknown": verifying(wellFormed),
  "the token has a NUL": verifying(`${wellFormed}\u0000`),
  "the token has 60,000 characters": verifying("x".repeat(60_000)),
  "the token has been used": async (stage) => verifying((await proven(stage)).token),
  "the token has a letter in another case": async (stage) => verifying(swapCase((await awaiting(stage)).token)),
  "a blank stands before the token": async (stage) => verifying(` ${(await awaiting(stage)).token}`),
  "the token stands in the query": async (stage) =>
    hardened({ path: `/verify?token=${(await awaiting(stage)).token}`, method: "POST" }),
  "the link is 24 hours old": async (stage) => {
    const { registration, token } = await awaiting(stage);
    await ageLink(stage, registration.email);
    return verifying(token);
  },
  "the address was registered again": async (stage) => {
    const { registration, token } = await awaiting(stage);
    await restAddress(stage, registration.email);
    await registerHardened(stage, { email: registration.email });
    return verifying(token);
  },
  "the user name has got an owner since": async (stage) => {
    const { registration, token } = await awaiting(stage);
    await proven(stage, { username: registration.username });
    return verifying(token);
  },
  "the address has got an owner since": async (stage) => {
    const { registration, token } = await awaiting(stage);
    await stage.cli("user", "create", "--email", registration.email, "--mount", "hardened", "--verified");
    return verifying(token);
  },
  "it is the token of a reset link": async (stage) => {
    const { registration } = await proven(stage);
    const { stdout } = await stage.cli("user", "reset-password", registration.email, "--json");
    const { resetLink } = JSON.parse(stdout) as { readonly resetLink: string };
    return verifying(new URL(resetLink).searchParams.get("token"));
  },
});

const swapCase = (token: string): string =>
  token.replace(/[a-z]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
