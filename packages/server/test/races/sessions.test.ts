import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { AccountId } from "#core/ids.js";
import type { StatusAct } from "#core/accounts/change-account-status.js";
import { startPasswordReset } from "#core/recovery/reset-password.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { jwtCalls, newPassword, newPerson, signedIn, textIn, tokensOf } from "../server/jwt-calls.js";
import { type Node, openNode, testOrigin } from "../server/open-node.js";
import { poll } from "../server/poll.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import type { RunningServer } from "../server/start-server.js";
import { countEach, countMessages, countStatuses } from "../server/tally.js";
import { changeStatus, importPerson } from "./commands.js";

describeOnEveryEngine("at once", (engine) => {
  let database: FreshDatabase;
  let servers: readonly RunningServer[];
  // What an administrator's command does, as another process on the same database.
  let node: Node;
  before(async () => {
    database = await engine.freshDatabase();
    servers = await startNodes(database.url, nodesFor(engine));
    node = await openNode(database.url);
  });
  after(async () => {
    await node.close();
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });
  const serverAt = (at: number): RunningServer => {
    const server = servers[at % servers.length];
    assert.ok(server);
    return server;
  };
  const callsAt = (at: number) => jwtCalls(serverAt(at).origin("/auth"));
  const many = (count: number, call: (at: number) => Promise<Response>) =>
    Promise.all(Array.from({ length: count }, (_, at) => call(at)));
  const accountIdOf = async (access: string) => textIn(await callsAt(0).me(access), "id") as AccountId;
  const change = (accountId: AccountId, act: StatusAct) => changeStatus(node, accountId, act);
  const resetToken = (accountId: AccountId) => startPasswordReset(node, { accountId, origin: testOrigin });
  const reset = (at: number, token: string, password: string) =>
    request(`${serverAt(at).url}/reset-password`, {
      body: new URLSearchParams({ token, password }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      address: nextAddress(),
    });
  // What was refused as overload was never begun, and is sent again by whoever heeds the answer.
  const untilBegun = (call: () => Promise<Response>): Promise<Response> =>
    poll("it is begun", 60_000, async () => {
      const answer = await call();
      if (answer.status !== 503) {
        return answer;
      }
      await delay(Number(answer.headers["retry-after"]) * 1000);
      return undefined;
    });

  it("16 refreshes with one rotating token get one successor, and the token is dead once that is used", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { refresh } = await signedIn(callsAt(round), { rotate: true });
      const answers = await many(16, (at) => callsAt(at).refresh(refresh));
      assert.deepEqual(countStatuses(answers), { 200: 16 });
      const successors = new Set(answers.map((answer) => textIn(answer, "refresh_token")));
      assert.equal(successors.size, 1);
      const [successor = ""] = successors;
      assert.notEqual(successor, refresh);
      const next = textIn(await callsAt(round).refresh(successor), "refresh_token");
      assert.notEqual(next, successor);
      assertInvalid(await callsAt(round + 1).refresh(refresh));
      assertInvalid(await callsAt(round).refresh(next));
    }
  });

  it("16 refreshes with a token that does not rotate all succeed", async () => {
    const { refresh } = await signedIn(callsAt(0));
    assert.deepEqual(countStatuses(await many(16, (at) => callsAt(at).refresh(refresh))), { 200: 16 });
  });

  it("one of 32 sign-outs succeeds, and the session is over everywhere", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { access, refresh } = await signedIn(callsAt(round));
      const answers = await many(32, (at) => callsAt(at).logout(at % 4 < 2 ? access : refresh));
      assert.deepEqual(countMessages(answers), { "200 Logged out": 1, "401 Invalid token": 31 });
      for (const [at] of servers.entries()) {
        assertInvalid(await callsAt(at).me(access));
        assertInvalid(await callsAt(at).refresh(refresh));
      }
    }
  });

  it("a refresh and a sign-out never leave a live session", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { access, refresh } = await signedIn(callsAt(round), { rotate: true });
      const answers = await many(8, (at) => (at === 4 ? callsAt(at + 1).logout(access) : callsAt(at).refresh(refresh)));
      for (const answer of answers.filter(({ status, text }) => status === 200 && text.includes("refresh_token"))) {
        assertInvalid(await callsAt(round).refresh(textIn(answer, "refresh_token")));
        assertInvalid(await callsAt(round + 1).me(textIn(answer, "access_token")));
      }
    }
  });

  it("10 of 200 wrong passwords from 200 addresses are evaluated, and then even the right one is not", async () => {
    const { email, password, access } = await signedIn(callsAt(0));
    const accountId = await accountIdOf(access);
    const guess = (at: number) => untilBegun(() => callsAt(at).login({ email, password: newPassword() }));
    const answers = await many(200, guess);
    assert.deepEqual(countMessages(answers), { "401 Invalid credentials": 200 });
    const rows = await readRows(
      database.url,
      `select details from audit_event where kind = 'sign-in-refused' and account_id = '${accountId}'`,
    );
    const reasons = countEach(rows.map(({ details }) => String(JSON.parse(String(details))["reason"])));
    assert.deepEqual(reasons, { "factor-wrong": 10, "factor-locked": 190 });
    assert.equal((await callsAt(1).login({ email, password })).status, 401);
  });

  it("one of 32 resets with one link succeeds, and its password is the account's", async () => {
    const owner = await signedIn(callsAt(0));
    const accountId = await accountIdOf(owner.access);
    for (let round = 0; round < rounds(); round += 1) {
      const token = await resetToken(accountId);
      const passwords = Array.from({ length: 32 }, () => newPassword());
      const answers = await Promise.all(passwords.map((password, at) => untilBegun(() => reset(at, token, password))));
      assert.deepEqual(countStatuses(answers), { 200: 1, 400: 31 });
      const chosen = passwords[answers.findIndex(({ status }) => status === 200)] ?? "";
      assert.equal((await callsAt(round).login({ email: owner.email, password: chosen })).status, 200);
    }
    assertInvalid(await callsAt(0).me(owner.access));
  });

  for (const [act, comesBack] of [
    ["restrict", true],
    ["deny", true],
    ["close", false],
    ["delete", false],
  ] as const) {
    it(`${act} is seen by every node with its next request`, async () => {
      const { access, refresh, ...person } = await signedIn(callsAt(0));
      const accountId = await accountIdOf(access);
      for (const [at] of servers.entries()) {
        assert.equal((await callsAt(at).me(access)).status, 200);
      }
      await change(accountId, act);
      for (const [at] of servers.entries()) {
        assertInvalid(await callsAt(at).me(access));
        assertInvalid(await callsAt(at).refresh(refresh));
        assert.equal((await callsAt(at).login(person)).status, 401);
      }
      await change(accountId, "restore");
      for (const [at] of servers.entries()) {
        assert.equal((await callsAt(at).me(access)).status, comesBack ? 200 : 401);
        assert.equal((await callsAt(at).login(person)).status, 200);
      }
    });
  }

  it("sign-ins and a password reset leave no session of the old password", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const owner = await signedIn(callsAt(round));
      const token = await resetToken(await accountIdOf(owner.access));
      const [done, ...logins] = await Promise.all([
        untilBegun(() => reset(round, token, newPassword())),
        ...Array.from({ length: 6 }, (_, at) => untilBegun(() => callsAt(at).login(owner))),
      ]);
      assert.equal(done.status, 200);
      await assertNoneLives(logins);
    }
  });

  it("sign-ins and a closing leave no session when the account is opened again", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const owner = await signedIn(callsAt(round));
      const accountId = await accountIdOf(owner.access);
      const [, ...logins] = await Promise.all([
        change(accountId, "close"),
        ...Array.from({ length: 6 }, (_, at) => untilBegun(() => callsAt(at).login(owner))),
      ]);
      await change(accountId, "restore");
      await assertNoneLives(logins);
    }
  });

  it("an e-mail that somebody else proves is lost, with its sessions, on every node", async () => {
    const squatter = await signedIn(callsAt(0));
    const accountId = await importPerson(node, { ...squatter, username: newPerson().username });
    for (const [at] of servers.entries()) {
      assertInvalid(await callsAt(at).me(squatter.access));
      assertInvalid(await callsAt(at).refresh(squatter.refresh));
      assert.equal((await callsAt(at).login(squatter)).status, 401);
    }
    const password = newPassword();
    assert.equal((await reset(0, await resetToken(accountId), password)).status, 200);
    await tokensOf(callsAt(1).login({ email: squatter.email, password }));
  });

  const assertNoneLives = async (logins: readonly Response[]) => {
    for (const login of logins) {
      assert.ok(login.status === 200 || login.status === 401, login.text);
      if (login.status === 200) {
        assertInvalid(await callsAt(0).me(textIn(login, "access_token")));
        assertInvalid(await callsAt(1).refresh(textIn(login, "refresh_token")));
      }
    }
  };
});

function assertInvalid({ status, json }: Response): void {
  assert.deepEqual([status, json], [401, { message: "Invalid token" }]);
}
