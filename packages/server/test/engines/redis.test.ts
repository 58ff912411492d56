import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { PrivateEngine } from "./private-engine.js";
import { askRedis, findRedis, startRedis, takeRedisDatabase } from "./redis.js";

describe("a private Redis", { skip: findRedis() === undefined ? "not installed" : false }, () => {
  let engine: PrivateEngine;
  before(async () => {
    engine = await startRedis();
  });
  after(() => engine.stop());

  it("has a database for each who takes one, and drops that alone", async () => {
    const [one, other] = await Promise.all([takeRedisDatabase(engine.url), takeRedisDatabase(engine.url)]);
    assert.notEqual(one.url, other.url);
    await askRedis(one.url, "set", "a", "1");
    await askRedis(other.url, "set", "a", "2");
    await one.drop();
    assert.deepEqual([await askRedis(one.url, "get", "a"), await askRedis(other.url, "get", "a")], [null, "2"]);
  });

  it("answers nobody without its password", async () => {
    const { host } = new URL(engine.url);
    await assert.rejects(askRedis(`redis://${host}`, "ping"), /NOAUTH/);
  });

  it("is another process, and empty, when it was killed and started", async () => {
    const killed = engine.pid();
    await askRedis(engine.url, "set", "a", "1");
    await engine.kill();
    await assert.rejects(askRedis(engine.url, "ping"), /ECONNREFUSED/);
    await engine.start();
    assert.notEqual(engine.pid(), killed);
    assert.equal(await askRedis(engine.url, "get", "a"), null);
  });
});
