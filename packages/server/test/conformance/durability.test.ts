import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDatabase } from "#adapters/database/database.js";
import { systemRandom } from "#adapters/system/random.js";
import { availableEngines, describeOnEveryEngine } from "../engines/engines.js";
import { findMariadb, makeMariadbDatabase, startMariadb } from "../engines/mariadb.js";
import { readRows } from "../engines/read-rows.js";
import { openByUrl, storeSecrets } from "./open-stores.js";

describeOnEveryEngine("durability", (engine) => {
  it("is promised by a database as it comes", async () => {
    const fresh = await engine.freshDatabase();
    const database = await openByUrl(fresh.url);
    await database.checkDurability();
    await database.close();
    await fresh.drop();
  });
});

describe("durability is refused", () => {
  it("to a file that keeps no write-ahead log", async () => {
    const needs = { random: systemRandom, secrets: storeSecrets };
    const database = await openDatabase({ engine: "sqlite", path: ":memory:" }, needs);
    await assert.rejects(database.checkDurability(), {
      name: "DurabilityRefused",
      message: /journal_mode = memory, but wal/,
    });
    await database.close();
  });

  for (const postgres of availableEngines().filter(({ name }) => name === "postgres")) {
    it("to a PostgreSQL user whose commits do not wait for the disk", async () => {
      const fresh = await postgres.freshDatabase();
      await readRows(fresh.url, "alter role current_user set synchronous_commit = off");
      const database = await openByUrl(fresh.url);
      await assert.rejects(database.checkDurability(), {
        name: "DurabilityRefused",
        message: /synchronous_commit = off, but on/,
      });
      await database.close();
      await fresh.drop();
    });
  }

  it("to a MariaDB whose commits do not wait for the disk", {
    skip: findMariadb() ? false : "not installed",
  }, async () => {
    const server = await startMariadb();
    try {
      const { url } = await makeMariadbDatabase(server.url);
      for (const value of ["0", "2"]) {
        await readRows(new URL("/mysql", server.url).href, `set global innodb_flush_log_at_trx_commit = ${value}`);
        const database = await openByUrl(url);
        const message = new RegExp(`innodb_flush_log_at_trx_commit = ${value}, but 1`);
        await assert.rejects(database.checkDurability(), { name: "DurabilityRefused", message });
        await database.close();
      }
    } finally {
      await server.stop();
    }
  });
});
