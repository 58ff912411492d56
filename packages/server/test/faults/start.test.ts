import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { findFreePort } from "../engines/free-port.js";
import { findMariadb, makeMariadbDatabase, startMariadb } from "../engines/mariadb.js";
import { findPostgres, makePostgresDatabase, startPostgres } from "../engines/postgres.js";
import type { PrivateEngine } from "../engines/private-engine.js";
import { countRows, readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { jwtCalls, signedIn } from "../server/jwt-calls.js";
import { runCli } from "../server/run-cli.js";
import { startNodes } from "../server/start-nodes.js";
import { ServerDidNotStart, type ServerOptions, startServer } from "../server/start-server.js";

interface Refused {
  readonly when: string;
  readonly options: ServerOptions;
  readonly says: RegExp;
}
const refused: readonly Refused[] = [
  { when: "PORT is no port", options: { env: { PORT: "80800" } }, says: /PORT is "80800".*Example: PORT=8080/ },
  {
    when: "LOG_LEVEL is unknown",
    options: { env: { LOG_LEVEL: "loud" } },
    says: /LOG_LEVEL is "loud".*Example: LOG_LEVEL=/,
  },
  {
    when: "a TRILITHON_ variable is unknown",
    options: { env: { TRILITHON_PROT: "1" } },
    says: /TRILITHON_PROT is not a setting/,
  },
  {
    when: "SECRET_KEY is short",
    options: { env: { SECRET_KEY: "c2hvcnQ" } },
    says: /SECRET_KEY is 5 bytes long instead of 32/,
  },
  {
    when: "SECRET_KEY is missing beside a database server",
    options: { databaseUrl: "postgres://a:b@127.0.0.1:1/c", env: { SECRET_KEY: undefined } },
    says: /SECRET_KEY is not set/,
  },
  { when: "DATABASE_URL names no database", options: { databaseUrl: "oracle://127.0.0.1/x" }, says: /DATABASE_URL/ },
  {
    when: "DATABASE_URL names a file in a folder that cannot be",
    options: { databaseUrl: "sqlite:/proc/x/y.db" },
    says: /DATABASE_URL: .*\/proc\/x\/y\.db.*unable to open.*Example: DATABASE_URL=sqlite:/,
  },
  {
    when: "DATA_DIR is a file",
    options: { env: { DATA_DIR: "/etc/passwd" } },
    says: /DATA_DIR: .*\/etc\/passwd\/trilithon\.db.*unable to open.*Example: DATA_DIR=/,
  },
  {
    when: "DATA_DIR is a file in which the secret should be made",
    options: { env: { DATA_DIR: "/etc/passwd", SECRET_KEY: undefined } },
    says: /DATA_DIR: the secret cannot be kept there \(ENOTDIR/,
  },
  {
    when: "DATA_DIR can be made by nobody",
    options: { env: { DATA_DIR: "/proc/a/b", SECRET_KEY: undefined } },
    says: /DATA_DIR: the secret cannot be kept there \(ENOENT/,
  },
  {
    when: "SMS_URL is no http address",
    options: { env: { SMS_URL: "smpp://u:hunter2@127.0.0.1" } },
    says: /SMS_URL must begin with http:\/\/ or https:\/\/\. Example: SMS_URL=https:/,
  },
  {
    when: "SMS would leave the machine without TLS in production",
    options: {
      env: { NODE_ENV: "production", SMS_URL: "http://u:hunter2@sms.example.org/send" },
      config: { mounts: [{ contract: "jwt" }] },
    },
    says: /SMS_URL is not https although NODE_ENV is production\. Example: SMS_URL=https:/,
  },
  {
    when: "gateways are named twice over",
    options: {
      env: { SMS_URL: "http://127.0.0.1" },
      config: { sms: { gateways: [{ name: "a", url: "http://[::1]/" }] } },
    },
    says: /SMS_URL is set, but .*trilithon\.config\.json has sms\.gateways/,
  },
  {
    when: "a gateway lacks what its template needs",
    options: { config: { sms: { gateways: [{ name: "a", template: "twilio" }] } } },
    says: /sms\.gateways\[0\] lacks "secret", which its template needs/,
  },
  {
    when: "REDIS_URL names a database of a cluster",
    options: { env: { REDIS_URL: "redis+cluster://127.0.0.1:1/3" } },
    says: /REDIS_URL names a database, which no cluster has\. Example: REDIS_URL=redis:/,
  },
  {
    when: "two mounts would answer one path",
    options: {
      config: {
        mounts: [
          { contract: "account", prefix: "/" },
          { contract: "jwt", prefix: "/web" },
        ],
      },
    },
    says: /account \(\/\) and jwt \(\/web\) would both answer \/web\/register\b/,
  },
  {
    when: "TRILITHON_CONFIG names no file",
    options: { env: { TRILITHON_CONFIG: "/nowhere/config.json" } },
    says: /TRILITHON_CONFIG names \/nowhere\/config\.json, which is not there/,
  },
  {
    when: "a field of the configuration is unknown",
    options: { config: { mount: [] } },
    says: /trilithon\.config\.json.*mount\b/s,
  },
  {
    when: "a value of the configuration is wrong",
    options: { config: { mounts: [{ contract: "jwt", lifetimes: { access: "soon" } }] } },
    says: /mounts\[0\]\.lifetimes\.access/,
  },
];

describe("a start is refused", () => {
  for (const { when, options, says } of refused) {
    it(`when ${when}`, async () => {
      await assertRefused(options, says);
    });
  }

  it("when several settings are wrong, and all are named", async () => {
    await assertRefused({ env: { PORT: "x", LOG_LEVEL: "y" } }, /PORT is "x"[\s\S]*LOG_LEVEL is "y"/);
  });

  it("when the port is taken", async () => {
    const server = await startServer();
    const dataDir = makeTemporaryFolder("data");
    // Not by `startServer`, which would hear the other server answer on that port.
    const { code, stdout, stderr } = await runCli(["serve"], { env: { DATA_DIR: dataDir, PORT: String(server.port) } });
    assert.match(stdout + stderr, new RegExp(`PORT|port ${server.port}|EADDRINUSE`));
    assert.equal(code, 1);
    await server.stop();
    removeTemporaryFolder(dataDir);
  });

  it("when no database answers", async () => {
    for (const scheme of ["postgres", "mysql"]) {
      const url = `${scheme}://someone:secretword@127.0.0.1:${await findFreePort()}/nothing`;
      const output = await assertRefused({ databaseUrl: url }, /DATABASE_URL|database/);
      assert.doesNotMatch(output, /secretword/);
    }
  });

  it("when the embedded database is no database", async () => {
    const dataDir = makeTemporaryFolder("data");
    writeFileSync(
      join(dataDir, "trilithon.db"),
      "this is a text and no database, long enough to hold a header ".repeat(100),
    );
    await assertRefused({ dataDir }, /DATA_DIR: .*trilithon\.db.*not a database.*Example: DATA_DIR=/);
    removeTemporaryFolder(dataDir);
  });

  it("when the embedded database is a folder", async () => {
    const dataDir = makeTemporaryFolder("data");
    mkdirSync(join(dataDir, "trilithon.db"));
    await assertRefused({ dataDir }, /DATA_DIR: .*trilithon\.db.*unable to open.*Example: DATA_DIR=/);
    removeTemporaryFolder(dataDir);
  });
});

describeOnEveryEngine("a start", (engine) => {
  it("is refused when a newer version has migrated the database", async () => {
    const database = await engine.freshDatabase();
    const server = await startServer({ databaseUrl: database.url });
    await server.stop();
    await readRows(
      database.url,
      "insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2099-01-01T00:00:00.000Z')",
    );
    await assertRefused({ databaseUrl: database.url }, /9999-from-the-future/);
    await database.drop();
  });

  it("of several nodes at once on an empty database succeeds on each", async (test) => {
    const nodes = engine.name === "sqlite" ? 2 : 3;
    for (let round = 0; round < Math.min(Math.ceil(rounds() / 4), 10); round += 1) {
      const database = await engine.freshDatabase();
      const startedAt = performance.now();
      const servers = await startNodes(database.url, nodes);
      if (round === 0) {
        test.diagnostic(
          `${engine.name}: ${nodes} nodes at once were ready after ${Math.round(performance.now() - startedAt)} ms`,
        );
      }
      const [one, other] = servers.map((server) => jwtCalls(server.origin("/auth")));
      assert.ok(one !== undefined && other !== undefined);
      // Each may have made a signing key: both verify everywhere.
      const { access } = await signedIn(one);
      assert.equal((await other.me(access)).status, 200);
      assert.equal((await one.me((await signedIn(other)).access)).status, 200);
      assert.equal(await countRows(database.url, "realm"), 1);
      assert.deepEqual(
        await Promise.all(servers.map((server) => server.stop())),
        servers.map(() => 0),
      );
      await database.drop();
    }
  });

  it("is quick", async (test) => {
    const database = await engine.freshDatabase();
    for (const what of ["an empty", "a migrated"]) {
      const startedAt = performance.now();
      const server = await startServer({ databaseUrl: database.url });
      // Printed, not asserted: a busy machine is no fault of the server.
      test.diagnostic(
        `${engine.name}: ready on ${what} database after ${Math.round(performance.now() - startedAt)} ms`,
      );
      assert.equal(await server.stop(), 0);
    }
    await database.drop();
  });
});

describe("a start with a company that a mount hides", () => {
  it("says so", async () => {
    const dataDir = makeTemporaryFolder("data");
    assert.equal(await (await startServer({ dataDir })).stop(), 0);
    assert.equal((await runCli(["realm", "create", "acme"], { env: { DATA_DIR: dataDir } })).code, 0);
    const config = { mounts: [{ contract: "platform" }, { contract: "jwt", prefix: "/acme/auth" }] };
    const server = await startServer({ dataDir, config });
    const line = await server.findLog(({ msg }) => msg === "a company cannot be reached");
    assert.equal(line["reason"], "acme: the mount jwt (/acme/auth) stands there");
    await server.stop();
    removeTemporaryFolder(dataDir);
  });
});

interface Weakened {
  readonly name: string;
  readonly isInstalled: boolean;
  readonly start: () => Promise<PrivateEngine>;
  readonly makeDatabase: (adminUrl: string) => Promise<FreshDatabase>;
  /** The statements that weaken and mend it, by the setting that the refusal must name. */
  readonly settings: Readonly<Record<string, readonly [weaken: readonly string[], mend: readonly string[]]>>;
}
const reload = "select pg_reload_conf()";
const weakened: readonly Weakened[] = [
  {
    name: "postgres",
    isInstalled: findPostgres() !== undefined,
    start: startPostgres,
    makeDatabase: makePostgresDatabase,
    settings: Object.fromEntries(
      ["fsync", "full_page_writes", "synchronous_commit"].map((name) => [
        name,
        [
          [`alter system set ${name} = off`, reload],
          [`alter system reset ${name}`, reload],
        ],
      ]),
    ),
  },
  {
    name: "mariadb",
    isInstalled: findMariadb() !== undefined,
    start: startMariadb,
    makeDatabase: makeMariadbDatabase,
    settings: {
      innodb_flush_log_at_trx_commit: [
        ["set global innodb_flush_log_at_trx_commit = 2"],
        ["set global innodb_flush_log_at_trx_commit = 1"],
      ],
    },
  },
];

for (const { name, isInstalled, start, makeDatabase, settings } of weakened) {
  describe(`a database that promises less [${name}]`, { skip: isInstalled ? false : "not installed" }, () => {
    let engine: PrivateEngine;
    before(async () => {
      engine = await start();
    });
    after(() => engine.stop());

    for (const [setting, [weaken, mend]] of Object.entries(settings)) {
      it(`refuses the start and names ${setting}`, async () => {
        const { url } = await makeDatabase(engine.url);
        for (const statement of weaken) {
          await readRows(engine.url, statement);
        }
        await assertRefused({ databaseUrl: url }, new RegExp(`${setting} = \\w+, but `));
        for (const statement of mend) {
          await readRows(engine.url, statement);
        }
        assert.equal(await (await startServer({ databaseUrl: url })).stop(), 0);
      });
    }
  });
}

/** It ends by itself with 1, having said so; gives what it said. */
async function assertRefused(options: ServerOptions, says: RegExp): Promise<string> {
  const outcome = await startServer(options).then(
    async (server) => {
      await server.stop();
      return undefined;
    },
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof ServerDidNotStart, `it started, or was never ready: ${String(outcome)}`);
  assert.match(outcome.output, says);
  assert.deepEqual(outcome.exit, { code: 1, signal: null }, outcome.output);
  return outcome.output;
}
