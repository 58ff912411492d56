import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { RealmId } from "#core/ids.js";
import { realmWideKey } from "#core/identities/identifier.js";
import { givenAccount, givenApiKey, givenFailure, givenIdentifier, givenSession } from "../conformance/given-rows.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { type Node, openNode } from "../server/open-node.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

const acme = "acme" as RealmId;
const number = "+4915123456789";

describeOnEveryEngine("an account of a company in an operator's hands", (engine) => {
  let database: FreshDatabase;
  let server: RunningServer;
  let node: Node;
  let operator: Operator;
  const account = givenAccount();
  before(async () => {
    database = await engine.freshDatabase();
    server = await startServer({ databaseUrl: database.url });
    node = await openNode(database.url, "account");
    operator = operatorOf(server, { DATABASE_URL: database.url });
    await node.database.realms.insert({ id: acme, createdAt: 0 });
    const { stores } = node.database.forRealm(acme);
    await stores.accounts.insert(account);
    const phone = { kind: "phone", displayValue: number, liveKey: realmWideKey("phone", number), provenAt: 1 } as const;
    await stores.accounts.claim(givenIdentifier(account.id, number, phone));
    await stores.sessions.insert(
      givenSession(account.id, { clientId: givenApiKey().id, expiresAt: node.clock.now() + 600_000 }),
    );
    const failure = givenFailure("req_acme", { accountId: account.id, expiresAt: node.clock.now() + 600_000 });
    await node.database.forRealm("default" as RealmId).failures.append([failure]);
  });
  after(async () => {
    await node.close();
    await server.stop();
    await database.drop();
  });

  it("is found by its company's code alone, by its number too", async () => {
    for (const known of [account.id, number, number.slice(0, 8)]) {
      const found = await operator.ask(0, "user", "find", known, "--company", "acme");
      assert.deepEqual(
        found.list("accounts").map((one) => one.at("accountId")),
        [account.id],
      );
      assert.deepEqual((await operator.ask(0, "user", "find", known)).list("accounts"), []);
    }
    assert.equal((await operator.ask(0, "user", "show", number, "--company", "acme")).at("accountId"), account.id);
    assert.match((await operator.run("user", "show", account.id)).stderr, /no account is known as/);
  });

  it("is refused where there is no such company", async () => {
    for (const company of ["globex", "ACME", "../acme", ""]) {
      const ran = await operator.run("user", "show", account.id, "--company", company);
      assert.deepEqual([ran.code, /there is no realm/.test(ran.stderr)], [1, true], `${company}: ${ran.stderr}`);
    }
  });

  it("has its sessions ended, is exported, deleted and purged, with the failures that name it", async () => {
    const inAcme = ["--company", "acme"] as const;
    assert.equal((await operator.ask(0, "user", "sessions", number, ...inAcme)).list("sessions").length, 1);
    assert.equal((await operator.ask(0, "user", "end-sessions", number, ...inAcme)).at("ended"), 1);
    const exported = await operator.ask(0, "export", "user", number, ...inAcme);
    assert.equal(exported.at("identifiers", 0, "displayValue"), number);
    assert.equal(exported.at("failureRecords", 0, "requestId"), "req_acme");
    assert.equal((await operator.ask(0, "user", "restrict", number, ...inAcme)).at("status"), "restricted");
    assert.equal((await operator.ask(0, "user", "delete", number, ...inAcme)).at("status"), "deleted");
    await operator.ask(0, "user", "purge", account.id, "--yes", ...inAcme);
    const events = await operator.ask(0, "audit", "--account", account.id, ...inAcme);
    assert.equal(events.at("events", 0, "kind"), "account-purged");
    assert.deepEqual((await operator.ask(0, "audit", "--account", account.id)).list("events"), []);
    assert.equal((await operator.run("error", "req_acme")).code, 1);
  });
});
