import assert from "node:assert/strict";
import { changeAccountStatus, type StatusAct } from "#core/accounts/change-account-status.js";
import type { AccountId } from "#core/ids.js";
import { parseEmail } from "#core/identities/email.js";
import { parseUsername } from "#core/identities/username.js";
import { importAccount } from "#core/registration/import-account.js";
import { createAccount } from "#core/registration/register-account.js";
import type { Person } from "../server/jwt-calls.js";
import { type Node, testOrigin } from "../server/open-node.js";

/** The part of a registration below the password hash; nobody can sign in to the account. */
export function makeAccount(node: Node, person: Pick<Person, "username" | "email">): Promise<AccountId> {
  return createAccount(node, { ...parse(person), language: "en", origin: testOrigin, passwordHash: "$ready$" });
}

/** An administrator brings an account without a password, for whose e-mail he vouches. */
export function importPerson(node: Node, person: Pick<Person, "username" | "email">): Promise<AccountId> {
  return importAccount(node, {
    ...parse(person),
    emailProof: "proven",
    mount: node.policy.mount,
    mounts: [node.policy.mount],
    passwordHash: undefined,
    language: "en",
    createdAt: undefined,
    origin: testOrigin,
  });
}

/** As the commands `user restrict`, `user close` and their kin. */
export function changeStatus(node: Node, accountId: AccountId, act: StatusAct): Promise<void> {
  return changeAccountStatus(node, { accountId, act, reason: undefined, origin: testOrigin });
}

function parse(person: Pick<Person, "username" | "email">) {
  const [username, email] = [parseUsername(person.username), parseEmail(person.email)];
  assert.ok(username !== undefined && email !== undefined);
  return { username, email };
}
