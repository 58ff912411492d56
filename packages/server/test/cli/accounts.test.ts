import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readEveryTable } from "../engines/read-rows.js";
import { type JwtCalls, jwtCalls, newPerson, type Person, signedIn, type TokenPair } from "../server/jwt-calls.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

const refused = '{"message":"Invalid credentials"}';

describeOnEveryEngine("an account in an operator's hands", (engine) => {
  let database: FreshDatabase;
  let server: RunningServer;
  let calls: JwtCalls;
  let operator: Operator;
  before(async () => {
    database = await engine.freshDatabase();
    server = await startServer({ databaseUrl: database.url });
    calls = jwtCalls(server.origin("/auth"));
    operator = operatorOf(server, { DATABASE_URL: database.url });
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });

  const assertOut = async (person: Person & TokenPair): Promise<void> => {
    const login = await calls.login(person);
    assert.deepEqual([login.status, login.text], [401, refused]);
    assert.equal((await calls.me(person.access)).status, 401);
    assert.equal((await calls.refresh(person.refresh)).status, 401);
  };
  const audited = async (accountId: string): Promise<readonly string[]> =>
    (await operator.ask(0, "audit", "--account", accountId, "--kind", "account-status-changed"))
      .list("events")
      .map((event) => `${event.text("mount")} ${event.text("details", "from")} ${event.text("details", "to")}`);

  it("restore is refused, with its new owner and the way out, after somebody else registered", async () => {
    const person = await signedIn(calls);
    const former = (await operator.ask(0, "user", "delete", person.email)).text("accountId");
    const heir = { ...newPerson(), email: person.email };
    assert.equal((await calls.register(heir)).status, 201);
    const owner = (await operator.ask(0, "user", "show", person.email)).text("accountId");
    assert.notEqual(owner, former);

    const ran = await operator.run("user", "restore", former);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, new RegExp(`e-mail belongs to account ${owner} now`));
    assert.match(ran.stderr, new RegExp(`trilithon user delete ${owner}`));
    assert.equal((await operator.ask(0, "user", "show", former)).at("status"), "deleted");
    // By the e-mail alone it could be either.
    const ambiguous = await operator.run("user", "restore", person.email);
    assert.equal(ambiguous.code, 1);
    assert.match(
      ambiguous.stderr,
      new RegExp(String.raw`means 2 accounts[\s\S]*(?:${owner}[\s\S]*${former}|${former}[\s\S]*${owner})`),
    );

    await operator.ask(0, "user", "delete", owner);
    await operator.ask(0, "user", "restore", former);
    assert.equal((await calls.login(person)).status, 200);
  });

  it("restore of a vouched-for address is refused after somebody registered it without proof", async () => {
    const person = newPerson();
    const made = await operator.ask(0, "user", "create", "--email", person.email, "--verified");
    await operator.ask(0, "user", "delete", made.text("accountId"));
    assert.equal((await calls.register(person)).status, 201);
    const refusal = await operator.ask(1, "user", "restore", made.text("accountId"));
    assert.match(refusal.text("refused", "messages", 0), /its e-mail belongs to account/);
    assert.equal((await calls.login(person)).status, 200);
  });

  it("purge is for the deleted alone, wants to be sure, and leaves nothing personal", async () => {
    const person = await signedIn(calls);
    const early = await operator.ask(1, "user", "purge", person.email, "--yes");
    assert.match(early.text("refused", "messages", 0), /is active: only a deleted account/);
    await operator.ask(0, "user", "reset-password", person.email);
    const accountId = (
      await operator.ask(0, "user", "delete", person.email, "--reason", `for ${person.username}`)
    ).text("accountId");
    assert.match((await operator.ask(2, "user", "purge", accountId)).text("refused", "messages", 0), /--yes is needed/);
    assert.deepEqual((await operator.ask(0, "user", "purge", person.email, "--yes")).value, {
      accountId,
      isPurged: true,
    });

    for (const [table, rows] of await readEveryTable(database.url)) {
      const text = JSON.stringify(rows).toLowerCase();
      for (const value of [person.email, person.username, person.email.split("@")[0] ?? person.email])
        assert.ok(!text.includes(value), `${table} still has ${value}`);
      const kept = rows.filter((row) => JSON.stringify(row).includes(accountId));
      assert.ok(table === "audit_event" || kept.length === 0, `${table} still has rows of the account`);
    }
    assert.deepEqual((await operator.ask(0, "user", "find", person.email)).value, { accounts: [], hasMore: false });
    const events = await operator.ask(0, "audit", "--account", accountId, "--limit", "1");
    assert.equal(events.at("events", 0, "kind"), "account-purged");
  });

  // The rest is the same on every engine but for statements that the stores' own suite runs on each.
  if (engine.name !== "sqlite") return;

  for (const [act, status] of [
    ["restrict", "restricted"],
    ["deny", "denied"],
  ] as const) {
    it(`${act} refuses sign-in and tokens while it lasts, restore ends it`, async () => {
      const person = await signedIn(calls);
      const done = await operator.ask(0, "user", act, person.email, "--reason", "a reason of ours");
      const accountId = done.text("accountId");
      assert.deepEqual(done.value, { accountId, from: "active", status });
      await assertOut(person);
      assert.equal((await operator.ask(0, "user", "show", accountId)).at("statusReason"), "a reason of ours");
      const again = await operator.ask(1, "user", act, person.username);
      assert.match(again.text("refused", "messages", 0), new RegExp(`${accountId} is ${status}`));

      assert.equal((await operator.ask(0, "user", "restore", person.username)).at("status"), "active");
      assert.equal((await calls.me(person.access)).status, 200);
      assert.equal((await calls.login(person)).status, 200);
      assert.deepEqual(await audited(accountId), [`cli ${status} active`, `cli active ${status}`]);
    });
  }

  it("close ends the sessions and keeps the identifiers, restore lets sign in anew", async () => {
    const person = await signedIn(calls);
    await operator.ask(0, "user", "close", person.email);
    await assertOut(person);
    assert.equal((await calls.register(person)).status, 400);
    await operator.ask(0, "user", "restore", person.email);
    assert.equal((await calls.me(person.access)).status, 401);
    assert.equal((await calls.login(person)).status, 200);
  });

  it("delete frees the identifiers at once, restore takes them back", async () => {
    const person = await signedIn(calls);
    const accountId = (await operator.ask(0, "user", "delete", person.email)).text("accountId");
    await assertOut(person);
    const shown = await operator.ask(0, "user", "show", person.email);
    assert.deepEqual(
      shown.list("identifiers").map((identifier) => identifier.at("isHeld")),
      [false, false],
    );
    const link = await operator.ask(1, "user", "reset-password", accountId);
    assert.match(link.text("refused", "messages", 0), /is deleted: only an active account/);
    await operator.ask(0, "user", "restore", person.email);
    assert.equal((await calls.login(person)).status, 200);
  });

  it("end-sessions signs out everywhere, and lets sign in again", async () => {
    const person = await signedIn(calls);
    await calls.login(person);
    const before = await operator.ask(0, "user", "sessions", person.email);
    assert.deepEqual(
      before.list("sessions").map((session) => session.at("state")),
      ["live", "live"],
    );
    const done = await operator.ask(0, "user", "end-sessions", person.email);
    assert.equal(done.at("ended"), 2);
    assert.equal((await calls.me(person.access)).status, 401);
    const states = (await operator.ask(0, "user", "sessions", person.email)).list("sessions");
    assert.deepEqual(
      states.map((session) => session.at("state")),
      ["ended-by-administrator", "ended-by-administrator"],
    );
    assert.equal((await calls.login(person)).status, 200);
  });

  it("find takes an id, a beginning in any case, and finds deleted ones", async () => {
    const person = await signedIn(calls);
    const accountId = (await operator.ask(0, "user", "show", person.username)).text("accountId");
    for (const text of [accountId, accountId.toUpperCase(), person.email.slice(0, 12), person.username.toUpperCase()]) {
      const found = await operator.ask(0, "user", "find", text);
      assert.deepEqual(
        found.list("accounts").map((account) => account.at("accountId")),
        [accountId],
        text,
      );
    }
    await operator.ask(0, "user", "delete", accountId);
    assert.equal((await operator.ask(0, "user", "find", person.email)).at("accounts", 0, "status"), "deleted");
    assert.match(
      (await operator.run("user", "find", person.email)).stdout,
      /^ACCOUNT +STATUS +USERNAME[^\n]*\n\S+ +deleted +user-/,
    );
  });

  it("show refuses whom nobody knows", async () => {
    for (const text of [
      "nobody-of-that-name",
      "nobody@example.org",
      "01900000-0000-7000-8000-000000000000",
      "' or 1=1 --",
    ]) {
      const refusal = await operator.ask(1, "user", "show", text);
      assert.match(refusal.text("refused", "messages", 0), /no account is known as/);
    }
  });
});
