import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { AccountId } from "#core/ids.js";
import { completePasswordReset, startPasswordReset } from "#core/recovery/reset-password.js";
import { Refusal } from "#core/refusal.js";
import { signInWithPassword } from "#core/sign-in/sign-in-with-password.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { newPassword, newPerson } from "../server/jwt-calls.js";
import { type Node, openNode, testOrigin } from "../server/open-node.js";
import { changeStatus, makeAccount } from "./commands.js";

const notAsked = () => Promise.reject(new Error("not asked"));
const hasher = {
  assertRoom: () => {},
  hash: () => Promise.resolve("$other$"),
  verify: notAsked,
  verifyNothing: notAsked,
};

const meanwhile: Readonly<Record<string, (node: Node, accountId: AccountId) => Promise<unknown>>> = {
  "is restricted": (node, accountId) => changeStatus(node, accountId, "restrict"),
  "gets another password": async (node, accountId) => {
    const token = await startPasswordReset(node, { accountId, origin: testOrigin });
    const needs = { ...node, passwords: hasher, commonPasswords: { has: () => false } };
    return completePasswordReset(needs, { token, password: newPassword(), origin: testOrigin });
  },
};

describeOnEveryEngine("a sign-in whose account", (engine) => {
  let database: FreshDatabase;
  let node: Node;
  before(async () => {
    database = await engine.freshDatabase();
    node = await openNode(database.url);
    await node.database.migrate();
  });
  after(async () => {
    await node.close();
    await database.drop();
  });

  for (const [what, change] of Object.entries(meanwhile)) {
    it(`${what} while the right password is hashed is refused, audited, and costs no try`, async () => {
      const person = newPerson();
      const accountId = await makeAccount(node, person);
      const verify = async () => {
        await change(node, accountId);
        return { isRight: true, isOutdated: false };
      };
      const needs = {
        ...node,
        passwords: { ...hasher, verify },
        tokens: { sign: () => Promise.resolve("unread"), verify: notAsked },
      };
      const signIn = signInWithPassword(needs, { ...person, rotate: false, origin: testOrigin });
      await assert.rejects(signIn, (error: unknown) => Refusal.is(error, "account-changed"));

      const events = await node.stores.audit.list({ accountId, kind: "sign-in-refused" }, 2);
      assert.deepEqual(
        events.map(({ details }) => details),
        [{ reason: "account-changed" }],
      );
      const counted = await readRows(database.url, "select used from attempt_budget where used > 0");
      assert.deepEqual(counted, []);
    });
  }
});
