import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { completePasswordReset, startPasswordReset } from "#core/recovery/reset-password.js";
import { Refusal } from "#core/refusal.js";
import { openSession } from "#core/sessions/open-session.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { countRows, readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { newPassword, newPerson, type Person } from "../server/jwt-calls.js";
import { type Node, openNode, testOrigin } from "../server/open-node.js";
import { countEach } from "../server/tally.js";
import { changeStatus, importPerson, makeAccount } from "./commands.js";

// Several nodes in one process, without HTTP and hashing, whose time would keep apart what shall meet.
describeOnEveryEngine("below the hash, at once,", (engine) => {
  let database: FreshDatabase;
  let nodes: readonly Node[];
  before(async () => {
    database = await engine.freshDatabase();
    const many = engine.name === "sqlite" ? 1 : 3;
    nodes = await Promise.all(Array.from({ length: many }, () => openNode(database.url)));
    await nodes[0]?.database.migrate();
  });
  after(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await database.drop();
  });
  const nodeAt = (at: number): Node => {
    const node = nodes[at % nodes.length];
    assert.ok(node);
    return node;
  };

  const makeAll = async (people: readonly Pick<Person, "username" | "email">[]) =>
    countEach(
      await Promise.all(people.map((person, at) => makeAccount(nodeAt(at), person).then(() => "made", takenKind))),
    );
  const crowd = Array.from({ length: 32 }, (_, at) => at);

  it("one of 32 accounts with one user name is made", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { username } = newPerson();
      assert.deepEqual(await makeAll(crowd.map(() => ({ ...newPerson(), username }))), { made: 1, username: 31 });
    }
    assert.equal(await countRows(database.url, "account", "account_id not in (select account_id from password)"), 0);
  });

  it("one of 32 accounts with one e-mail is made", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { email } = newPerson();
      assert.deepEqual(await makeAll(crowd.map(() => ({ ...newPerson(), email }))), { made: 1, email: 31 });
    }
    assert.equal(await countRows(database.url, "account", "account_id not in (select account_id from password)"), 0);
  });

  it("two of 32 accounts with two user names and two e-mails crosswise are made", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const [one, other] = [newPerson(), newPerson()];
      const {
        made,
        username = 0,
        email = 0,
        ...unexpected
      } = await makeAll(
        crowd.map((at) => ({
          username: (at % 2 === 0 ? one : other).username,
          email: (at % 4 < 2 ? one : other).email,
        })),
      );
      assert.deepEqual([made, username + email, unexpected], [2, 30, {}]);
    }
  });

  for (const what of ["a password reset", "a closing"] as const) {
    it(`sessions opened and ${what} leave none live`, async () => {
      const notAsked = () => Promise.reject(new Error("not asked"));
      const passwords = {
        assertRoom: () => {},
        hash: () => Promise.resolve("$ready$"),
        verify: notAsked,
        verifyNothing: notAsked,
      };
      const commonPasswords = { has: () => false };
      const tokens = { sign: () => Promise.resolve("unread"), verify: notAsked };
      for (let round = 0; round < rounds() * 4; round += 1) {
        const accountId = await makeAccount(nodeAt(round), newPerson());
        const found = await nodeAt(round).stores.accounts.find(accountId);
        assert.ok(found);
        const token = await startPasswordReset(nodeAt(round), { accountId, origin: testOrigin });
        const now = nodeAt(round).clock.now();
        const open = (at: number) =>
          openSession(
            { ...nodeAt(at), tokens },
            { account: found.account, rotates: false, origin: testOrigin, now, alongside: () => Promise.resolve() },
          ).catch((error: unknown) => assert.ok(Refusal.is(error, "account-changed"), String(error)));
        const end = (at: number) =>
          what === "a closing"
            ? changeStatus(nodeAt(at), accountId, "close")
            : completePasswordReset(
                { ...nodeAt(at), passwords, commonPasswords },
                { token, password: newPassword(), origin: testOrigin },
              );
        await Promise.all([open(0), open(1), end(2), open(3), open(4)]);
        const sessions = await nodeAt(round).stores.sessions.listOf(accountId);
        assert.deepEqual(
          sessions.filter(({ endedAt }) => endedAt === undefined),
          [],
        );
      }
    });
  }

  it("the import of a proven e-mail and its unproven registration leave one owner", async () => {
    for (let round = 0; round < rounds() * 4; round += 1) {
      const person = newPerson();
      const registrations = () =>
        makeAccount(nodeAt(round), { ...person, username: newPerson().username }).catch((error: unknown) =>
          assert.ok(Refusal.is(error, "identifier-taken"), String(error)),
        );
      await Promise.all([registrations(), importPerson(nodeAt(round + 1), person), registrations()]);
      const live = await readRows(
        database.url,
        `select proven_at from identifier where kind = 'email' and normalized_value = '${person.email}' and live_key is not null`,
      );
      assert.deepEqual(
        live.map(({ proven_at }) => proven_at !== null),
        [true],
      );
    }
  });

  it("one of 8 imports of one proven e-mail is made", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const person = newPerson();
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          importPerson(nodeAt(at), { ...person, username: newPerson().username }).then(() => "made", takenKind),
        ),
      );
      assert.deepEqual(countEach(outcomes), { made: 1, email: 7 });
    }
  });
});

/** Which identifier of the account was taken, or what else went wrong. */
function takenKind(error: unknown): string {
  return Refusal.is(error, "identifier-taken") ? error.details.kind : String(error);
}
