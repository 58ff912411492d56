import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { parseEmail } from "#core/identities/email.js";
import type { Letter } from "#core/outbox/message.js";
import type { CommonPasswords, PasswordHasher } from "#core/ports.js";
import { Refusal } from "#core/refusal.js";
import { completeRegistration, type CompletedRegistration } from "#core/registration/complete-registration.js";
import { startRegistration } from "#core/registration/start-registration.js";
import { type Node, testOrigin } from "./open-node.js";

/** Passwords without the hash, whose time would keep apart what shall meet. */
export const plainPasswords: PasswordHasher & CommonPasswords = {
  assertRoom: () => {},
  hash: (password) => Promise.resolve(`plain ${password}`),
  verify: (password, hash) => Promise.resolve({ isRight: hash === `plain ${password}`, isOutdated: false }),
  verifyNothing: () => Promise.resolve({ isRight: false, isOutdated: false }),
  has: () => false,
};

/** What the use cases of the account contract need of a node. */
export const needsOf = (node: Node) => ({ ...node, passwords: plainPasswords, commonPasswords: plainPasswords });

/** An address that nobody has used in this file, in its normalised form. */
export const newAddress = (): string => `racer-${randomUUID()}@example.org`;

/** As `POST /register/`. */
export function start(
  node: Node,
  email: string,
  over: {
    readonly fullname?: string;
    readonly password?: string | undefined;
    readonly guestKey?: string;
  } = {},
): Promise<void> {
  const parsed = parseEmail(email);
  assert.ok(parsed);
  const command = { fullname: "Ada Lovelace", language: "en", origin: testOrigin, ...over, email: parsed };
  return startRegistration(needsOf(node), command);
}

/** As `POST /verify/`. */
export const complete = (node: Node, email: string, code: string): Promise<CompletedRegistration> =>
  completeRegistration(node, { email, code, origin: testOrigin });

/** The letters to an address that wait, newest first. */
export async function lettersTo({ stores }: Node, email: string): Promise<readonly Letter[]> {
  const kept = await stores.outbox.list({ states: ["waiting"] }, 100_000);
  return kept.flatMap(({ content }) => (content?.to === email ? [content.letter] : []));
}

/** The code in the newest letter to the address. */
export async function codeFor(node: Node, email: string): Promise<string> {
  const [letter] = await lettersTo(node, email);
  assert.ok(letter !== undefined && "code" in letter);
  return letter.code;
}

/** A code that is not this one. */
export const otherThan = (code: string): string => (code === "000000" ? "000001" : "000000");

/** Registers the address and proves it. */
export async function registered(node: Node, email: string, password?: string): Promise<CompletedRegistration> {
  await start(node, email, password === undefined ? {} : { password });
  return complete(node, email, await codeFor(node, email));
}

/** How a use case ended: `done`, or by which refusal. Anything else is a fault of the test. */
export const outcome = (running: Promise<unknown>): Promise<string> =>
  running.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof Refusal) return error.code;
      throw error;
    },
  );
