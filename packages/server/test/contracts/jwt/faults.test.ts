import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { describeOnEveryEngine } from "../../engines/engines.js";
import type { DatabaseProxy } from "../../fakes/database-proxy.js";
import { givenRegistration } from "../../given.js";
import { nextAddress } from "../../server/request.js";
import { specEndpoint } from "../../specs/jwt-page.js";
import { canHave, throughProxy, whileFaulty } from "../store-faults.js";
import { faultsRows, overloadRows } from "./faults-rows.js";
import { expectRow } from "./row.js";
import type { Sent } from "../stage.js";
import { bearing, bothProfiles, useStage } from "./stage.js";

describeOnEveryEngine("faults of the store", (engine) => {
  let proxy: DatabaseProxy | undefined;
  const stage = useStage(
    throughProxy(engine, (opened) => {
      proxy = opened;
    }),
    { config: { mounts: bothProfiles } },
  );

  const faulty = {
    stage,
    proxy: () => proxy,
    probe: { path: "/login", json: { email: "a@example.org", password: "x" } },
    wellStatus: 401,
  };

  for (const row of faultsRows.filter(({ fault }) => canHave(engine, fault))) {
    const { method, path } = specEndpoint(row.reaches.endpoint);
    test(`${method} ${path} refuses when ${row.when}: ${row.reaches.status} ${row.reaches.message}`, async () => {
      const sent = await row.send(stage);
      const [answer, tookIn] = await whileFaulty(faulty, row.fault, async () => {
        // Keys are known for a second after the store has failed.
        if (row.reaches.endpoint === "jwks") await delay(1100);
        const startedAt = performance.now();
        const given = await stage.ask(sent);
        return [given, performance.now() - startedAt] as const;
      });
      expectRow(answer, row);
      assert.ok(tookIn < 10_000, `${tookIn} ms`);
      if ("table" in row.fault) {
        const id = answer.headers["x-request-id"];
        const line = await stage.server.findLog((entry) => entry["requestId"] === id);
        assert.ok(JSON.stringify(line).includes(row.fault.table), "the log names the cause under the request's id");
      }
    });
  }

  test("POST /register creates nothing when it fails, and the same registration is let afterwards", async () => {
    const registration = givenRegistration();
    const count = async () => Number((await stage.sql("select count(*) as n from account"))[0]?.["n"]);
    const before = await count();
    const answer = await whileFaulty(faulty, { kind: "table-gone", table: "audit_event" }, () =>
      stage.ask({ path: "/register", json: registration }),
    );
    assert.equal(answer.status, 500);
    assert.equal(await count(), before);
    assert.equal((await stage.ask({ path: "/register", json: registration })).status, 201);
    await stage.signIn(registration);
  });

  test("POST /login opens no session and stores no sign-in when it fails", async () => {
    const registration = await stage.register();
    const answer = await whileFaulty(faulty, { kind: "table-gone", table: "audit_event" }, () =>
      stage.ask({ path: "/login", json: { email: registration.email, password: registration.password } }),
    );
    assert.equal(answer.status, 500);
    const opened =
      "select s.session_id from session s join identifier i on i.account_id = s.account_id and i.realm_id = s.realm_id";
    assert.deepEqual(await stage.sql(`${opened} where i.normalized_value = '${registration.email}'`), []);
  });

  if (engine.name !== "sqlite") {
    test("what needs no store is still told while the database is down", async () => {
      const cases: readonly (readonly [Sent, number])[] = [
        [{ path: "/nothing" }, 404],
        [{ path: "/login", method: "PUT" }, 405],
        [{ path: "/login", headers: { "content-type": "application/json" }, body: "x".repeat(70_000) }, 413],
        [{ path: "/logout", headers: { "content-type": "text/plain" }, body: "x" }, 415],
        [{ path: "/logout", headers: { "content-type": "application/json" }, body: "x" }, 400],
        [{ path: "/logout", method: "POST" }, 401],
        [{ path: "/me" }, 401],
        [{ path: "/me", headers: bearing("x") }, 401],
      ];
      await whileFaulty(faulty, { kind: "down" }, async () => {
        for (const [sent, status] of cases) assert.equal((await stage.ask(sent)).status, status, JSON.stringify(sent));
      });
    });
  }
});

describeOnEveryEngine("more sign-ins than the server can finish", (engine) => {
  const stage = useStage(engine);
  for (const row of overloadRows) {
    const { method, path } = specEndpoint(row.reaches.endpoint);
    test(`${method} ${path} refuses when ${row.when}: 503 Service temporarily unavailable`, async () => {
      const burst = Array.from({ length: 300 }, async () =>
        stage.ask({ ...(await row.send(stage)), address: nextAddress() }),
      );
      const answers = await Promise.all(burst);
      const refused = answers.filter(({ status }) => status === 503);
      assert.ok(refused.length > 0, `all of ${answers.length} were let`);
      for (const answer of refused) expectRow(answer, row);
      const others = new Set(answers.filter(({ status }) => status !== 503).map(({ status }) => status));
      assert.deepEqual(others, new Set([row.reaches.endpoint === "login" ? 401 : 201]));
      const { access } = await stage.shared("bystander", () => stage.enter());
      assert.equal((await stage.ask({ path: "/me", headers: bearing(access) })).status, 200);
    });
  }
});
