import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { describeOnEveryEngine, type FreshDatabase } from "./engines.js";
import { findMariadb, makeMariadbDatabase, startMariadb } from "./mariadb.js";
import { findPostgres, makePostgresDatabase, startPostgres } from "./postgres.js";
import type { PrivateEngine } from "./private-engine.js";

type Run = (url: string, statement: string) => Promise<readonly unknown[]>;

const runPostgres: Run = async (url, statement) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
};

const runMariadb: Run = async (url, statement) => {
  const connection = await createConnection({ uri: url, rowsAsArray: true });
  try {
    const [rows] = await connection.query(statement);
    return Array.isArray(rows) ? rows.flat() : [];
  } finally {
    await connection.end();
  }
};

interface Installed {
  readonly name: string;
  readonly isInstalled: boolean;
  readonly start: () => Promise<PrivateEngine>;
  readonly makeDatabase: (adminUrl: string) => Promise<FreshDatabase>;
  readonly run: Run;
  /** What must be in force: statement and answer. */
  readonly durable: readonly (readonly [string, string | number])[];
}

const servers: readonly Installed[] = [
  {
    name: "postgres",
    isInstalled: findPostgres() !== undefined,
    start: startPostgres,
    makeDatabase: makePostgresDatabase,
    run: runPostgres,
    durable: [
      ["show fsync", "on"],
      ["show synchronous_commit", "on"],
      ["show full_page_writes", "on"],
      ["show listen_addresses", "127.0.0.1"],
    ],
  },
  {
    name: "mariadb",
    isInstalled: findMariadb() !== undefined,
    start: startMariadb,
    makeDatabase: makeMariadbDatabase,
    run: runMariadb,
    durable: [
      ["select @@innodb_flush_log_at_trx_commit", 1],
      ["select @@innodb_doublewrite", 1],
      ["select @@bind_address", "127.0.0.1"],
    ],
  },
];

describeOnEveryEngine("a fresh database", (engine) => {
  it("is another one each time", async () => {
    const [one, other] = [await engine.freshDatabase(), await engine.freshDatabase()];
    await Promise.all([one.drop(), other.drop()]);
    assert.notEqual(one.url, other.url);
  });
});

for (const server of servers) {
  describe(`a private ${server.name}`, { skip: server.isInstalled ? false : "not installed" }, () => {
    let engine: PrivateEngine;
    let database: FreshDatabase;
    before(async () => {
      engine = await server.start();
      database = await server.makeDatabase(engine.url);
    });
    after(() => engine.stop());

    for (const [statement, answer] of server.durable) {
      it(`answers ${answer} to ${statement}`, async () => {
        assert.deepEqual(await server.run(database.url, statement), [answer]);
      });
    }

    it("keeps what was committed when it is killed", async () => {
      await server.run(database.url, "create table kept (n int)");
      await server.run(database.url, "insert into kept values (7)");
      const killed = engine.pid();
      await engine.kill();
      await assert.rejects(server.run(database.url, "select n from kept"));
      await engine.start();
      assert.notEqual(engine.pid(), killed);
      assert.deepEqual(await server.run(database.url, "select n from kept"), [7]);
    });

    it("gives a database's user no other database", async () => {
      const other = await server.makeDatabase(engine.url);
      await server.run(other.url, "create table secret (n int)");
      const trespass = new URL(other.url);
      const own = new URL(database.url);
      trespass.username = own.username;
      trespass.password = own.password;
      await assert.rejects(server.run(trespass.href, "select n from secret"));
      await other.drop();
      await assert.rejects(server.run(other.url, "select 1"));
    });
  });
}
