import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { describeOnEveryEngine, isRedisAvailable } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { startRedis } from "../engines/redis.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { startServer } from "../server/start-server.js";
import { operatorOf, type Told } from "./operator.js";

const findings = (told: Told, check: string): readonly string[] =>
  told
    .list("findings")
    .filter((finding) => finding.at("check") === check)
    .map((finding) => `${finding.text("verdict")}: ${finding.text("detail")}`);

const assertFound = (told: Told, check: string, says: RegExp): void => {
  const found = findings(told, check);
  assert.ok(
    found.some((line) => says.test(line)),
    `${says} is not among ${JSON.stringify(told.value)}`,
  );
};

describeOnEveryEngine("doctor", (engine) => {
  it("finds nothing wrong beside a running server, and planted faults one by one", async () => {
    const database = await engine.freshDatabase();
    const url = database.url;
    const older = randomBytes(32).toString("base64url");
    const dataDir = makeTemporaryFolder("data");
    const server = await startServer({ databaseUrl: url, dataDir, env: { SECRET_KEY: older } });
    const operator = operatorOf(server, { DATABASE_URL: url, SECRET_KEY: older });
    const healthy = await operator.ask(0, "doctor");
    assert.equal(healthy.at("isBad"), false);
    for (const [check, says] of [
      ["database", /^ok: \w+ answers in/],
      ["schema", /^ok: up to date/],
      ["durability", /^ok: /],
      ["clock", /^ok: .* differ by 0\.\d s/],
      ["signing keys", /^ok: key_\S+ signs ES256/],
      ["contract", /^told: jwt \(\/auth\): registration tells/],
      ["mount", /^told: jwt: jwt at \/auth, profile contract, ES256/],
    ] as const)
      assertFound(healthy, check, says);
    assert.deepEqual(
      healthy.list("keys").map((key) => [key.at("state"), key.at("isStale")]),
      [["signs", false]],
    );

    const rotated = await operator.ask(0, "rotate-keys");
    assert.deepEqual(
      [rotated.list("made").length, rotated.at("made", 0, "algorithm"), rotated.at("resealed")],
      [1, "ES256", 0],
    );
    const states = (await operator.ask(0, "doctor")).list("keys").map((key) => key.at("state"));
    assert.deepEqual(new Set(states), new Set(["signs", "waits"]));

    // The newest secret first, the one that everything is sealed under after it: then the old one alone is missing.
    const newer = randomBytes(32).toString("base64url");
    const both = operatorOf(server, { DATABASE_URL: url, SECRET_KEY: `${newer},${older}` });
    assertFound(
      await both.ask(0, "doctor"),
      "signing keys",
      /^warning: 2 sealed under an older secret: run `trilithon rotate-keys`/,
    );
    const newest = operatorOf(server, { DATABASE_URL: url, SECRET_KEY: newer });
    assertFound(await newest.ask(1, "doctor"), "signing keys", /^wrong: key_\S+ \(ES256\) cannot be opened/);
    assert.equal((await both.ask(0, "rotate-keys", "--now")).at("resealed"), 2);
    assertFound(await newest.ask(0, "doctor"), "signing keys", /^ok: /);
    await server.stop();

    await readRows(url, "update job set error = 'TypeError' where name = 'purge-links'");
    await readRows(url, "update signing_key set retired_at = 1");
    const broken = await newest.ask(1, "doctor");
    assertFound(broken, "signing keys", /^wrong: no ES256 key signs: run `trilithon rotate-keys`/);
    await readRows(url, "insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2099')");
    assertFound(await newest.ask(1, "doctor"), "schema", /^wrong: .*newer schema \(9999-from-the-future\)/);
    assert.match(
      (await newest.run("user", "find", "a")).stderr,
      /newer schema \(9999-from-the-future\): run the version/,
    );
    await readRows(url, "delete from kysely_migration where name like '0001%'");
    await readRows(url, "delete from kysely_migration where name like '9999%'");
    assertFound(await newest.ask(1, "doctor"), "schema", /^wrong: .*run `trilithon migrate`/);
    assert.match((await newest.run("audit")).stderr, /run `trilithon migrate`/);
    await database.drop();
    removeTemporaryFolder(dataDir);
  });
});

describe("doctor", () => {
  it("names wrong settings, each", async () => {
    const dataDir = makeTemporaryFolder("data");
    const operator = operatorOf({ dataDir, url: "http://127.0.0.1:1" }, { PORT: "x", LOG_LEVEL: "y" });
    const told = await operator.ask(1, "doctor");
    assertFound(told, "settings", /^wrong: PORT is "x"/);
    assertFound(told, "settings", /^wrong: LOG_LEVEL is "y"/);
    removeTemporaryFolder(dataDir);
  });

  it("says that nothing answers, without the password of the URL", async () => {
    const dataDir = makeTemporaryFolder("data");
    const operator = operatorOf(
      { dataDir, url: "http://127.0.0.1:1" },
      { DATABASE_URL: "postgres://a:secretword@127.0.0.1:1/c" },
    );
    const ran = await operator.run("doctor");
    assert.equal(ran.code, 1);
    assert.match(ran.stdout, /WRONG +database +DATABASE_URL: the database does not answer/);
    assert.doesNotMatch(ran.stdout + ran.stderr, /secretword/);
    removeTemporaryFolder(dataDir);
  });

  it("looks at Redis, and is content without it", {
    skip: isRedisAvailable() ? false : "Redis is not installed",
  }, async () => {
    const redis = await startRedis();
    const server = await startServer({ env: { REDIS_URL: redis.url } });
    const operator = operatorOf(server, { REDIS_URL: redis.url });
    assertFound(await operator.ask(0, "doctor"), "redis", /^ok: answers in \d+ ms$/);
    await redis.kill();
    const ran = await operator.run("doctor");
    assert.equal(ran.code, 0);
    assert.match(ran.stdout, /warn +redis +REDIS_URL: .*ECONNREFUSED.*The database counts requests in its place/);
    assert.ok(!(ran.stdout + ran.stderr).includes(new URL(redis.url).password));
    await server.stop();
    await redis.stop();
  });

  it("names mounts that collide, and providers without their secrets", async () => {
    const dataDir = makeTemporaryFolder("data");
    const config = join(dataDir, "trilithon.config.json");
    const write = (prefix: string) => {
      const mounts = [
        { contract: "account", prefix: "/" },
        { contract: "jwt", prefix },
      ];
      const providers = [{ name: "google", preset: "google", clientId: "our-id", clientSecret: "hunter2" }];
      writeFileSync(config, JSON.stringify({ mounts, providers }));
    };
    const operator = operatorOf({ dataDir, url: "http://127.0.0.1:1" }, { TRILITHON_CONFIG: config });
    write("/auth");
    await operator.ask(0, "migrate");
    const told = await operator.ask(0, "doctor");
    assertFound(told, "mount", /^told: account: account at \/, profile contract, language contract, providers google$/);
    assertFound(told, "provider", /^told: google: google at https:\/\/accounts\.google\.com, as our-id$/);
    write("/web");
    assertFound(await operator.ask(1, "doctor"), "mount", /^wrong: account \(\/\) and jwt \(\/web\) would both answer/);
    assert.doesNotMatch((await operator.run("doctor")).stdout, /hunter2/);
    removeTemporaryFolder(dataDir);
  });

  it("names what is weaker than its default, and makes nothing", async () => {
    const dataDir = makeTemporaryFolder("data");
    const config = join(dataDir, "trilithon.config.json");
    writeFileSync(
      config,
      JSON.stringify({ mounts: [{ contract: "jwt", addressLimits: { login: { limit: 500, per: "1 minute" } } }] }),
    );
    const operator = operatorOf({ dataDir, url: "http://127.0.0.1:1" }, { TRILITHON_CONFIG: config });
    const told = await operator.ask(1, "doctor");
    assertFound(told, "weaker", /^warning: jwt: addressLimits\.login is 500 per 1m, the default is 10 per 1m/);
    assertFound(told, "database", /^wrong: there is no database at .*trilithon\.db/);
    assertFound(await operator.ask(1, "doctor"), "database", /^wrong: there is no database/);
    assert.deepEqual((await operator.ask(0, "migrate")).list("applied").length > 0, true);
    assert.deepEqual((await operator.ask(0, "migrate")).value, { applied: [] });
    const migrated = await operator.ask(0, "doctor");
    assertFound(migrated, "signing keys", /^told: no ES256 key yet/);
    assertFound(migrated, "jobs", /^told: none has run yet/);
    removeTemporaryFolder(dataDir);
  });
});
