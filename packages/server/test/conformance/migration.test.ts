import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { defaultRealm } from "#core/ids.js";
import { availableEngines, describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { countRows, readRows } from "../engines/read-rows.js";
import { givenAccount, givenMessage, givenSignIn } from "./given-rows.js";
import { openByUrl } from "./open-stores.js";
import { startServerProxy } from "./server-proxy.js";

const run = promisify(execFile);
const steps = ["0001-accounts", "0002-verified-accounts", "0003-client-applications"];
const migrateOnce = fileURLToPath(new URL("./migrate-once.js", import.meta.url));

describeOnEveryEngine("migration", (engine) => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await engine.freshDatabase();
  });
  after(() => fresh.drop());

  it("runs once when four processes start at once", async () => {
    const ran = await Promise.all(
      Array.from({ length: 4 }, async () => JSON.parse((await run(process.execPath, [migrateOnce, fresh.url])).stdout)),
    );
    assert.deepEqual(
      ran.filter((names) => names.length > 0),
      [steps],
    );
    assert.equal(await countRows(fresh.url, "realm", "realm_id = 'default'"), 1);
    const database = await openByUrl(fresh.url);
    try {
      assert.deepEqual(await database.schemaState(), { applied: steps, pending: [], unknown: [] });
      assert.deepEqual(await database.migrate(), []);
      assert.equal(await database.check(), "ok");
    } finally {
      await database.close();
    }
  });

  it("refuses a schema that a newer version made, and names its steps", async () => {
    await readRows(
      fresh.url,
      "insert into kysely_migration (name, timestamp) values ('9999-later', '2099-01-01T00:00:00.000Z')",
    );
    const database = await openByUrl(fresh.url);
    try {
      assert.deepEqual((await database.schemaState()).unknown, ["9999-later"]);
      assert.equal(await database.check(), "newer schema");
      await assert.rejects(database.migrate(), { name: "NewerSchema", message: /9999-later/ });
    } finally {
      await database.close();
    }
  });

  it("says so where it has not run", async () => {
    const empty = await engine.freshDatabase();
    const database = await openByUrl(empty.url);
    try {
      assert.equal(await database.check(), "migrations pending");
      assert.deepEqual((await database.schemaState()).applied, []);
    } finally {
      await database.close();
      await empty.drop();
    }
  });
});

for (const engine of availableEngines().filter(({ name }) => name !== "sqlite")) {
  describe(`a migration that is cut midway [${engine.name}]`, () => {
    // A "create" of Kysely's own two tables, of the first step (up to the 31st), of the second (up to the 49th) and of the third, one of the
    // third's columns, and the first one's insert.
    const creates = [1, 2, 3, 8, 13, 21, 31, 32, 40, 49, 50, 60, 68, 69];
    const cuts = [
      ...creates.map((nth) => ["create", nth] as const),
      ...[1, 3, 7].map((nth) => ["add column", nth] as const),
      ["into realm", 1] as const,
    ];
    it("is completed by the next one, wherever it was cut", async () => {
      for (const [text, nth] of cuts) {
        for (const when of ["before", "afterwards"] as const) {
          const fresh = await engine.freshDatabase();
          const proxy = await startServerProxy(fresh.url);
          proxy.cutAt(text, when, nth);
          const cut = await openByUrl(proxy.url);
          await assert.rejects(cut.migrate(), `${when} ${text} ${nth}`);
          await cut.close();
          await proxy.close();
          const whole = await openByUrl(fresh.url);
          const { pending } = await whole.schemaState();
          assert.equal(pending.at(-1), steps.at(-1), `${when} ${text} ${nth}`);
          assert.deepEqual(await whole.migrate(), pending, `${when} ${text} ${nth}`);
          const account = givenAccount();
          const { stores } = whole.forRealm(defaultRealm);
          await stores.accounts.insert(account);
          await stores.outbox.append(givenMessage({ accountId: account.id }));
          await stores.profiles.change(account.id, { custom: "{}" });
          await stores.pendingSessions.insert(givenSignIn({ accountId: account.id }));
          assert.equal(await countRows(fresh.url, "realm"), 1);
          await whole.close();
          await fresh.drop();
        }
      }
    });
  });
}
