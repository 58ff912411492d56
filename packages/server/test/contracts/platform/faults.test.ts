import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import type { DatabaseProxy } from "../../fakes/database-proxy.js";
import { canHave, throughProxy, whileFaulty } from "../store-faults.js";
import { faultsRows } from "./faults-rows.js";
import { expectRefused } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("faults of the store", (engine) => {
  let proxy: DatabaseProxy | undefined;
  const stage = useStage(
    throughProxy(engine, (opened) => {
      proxy = opened;
    }),
  );
  const faulty = { stage, proxy: () => proxy, probe: { path: "/user" }, wellStatus: 401 };

  // A database that hangs is waited for; what is answered then does not depend on Redis, and is as when it is down.
  const rows = faultsRows.filter(
    ({ fault }) => canHave(engine, fault) && !(engine.hasRedis === true && fault.kind === "hangs"),
  );
  for (const row of rows) {
    test(`${row.endpoint} refuses when ${row.when}: ${row.code}`, async () => {
      await stage.ownKey();
      const sent = await row.send(stage);
      const [answer, tookIn] = await whileFaulty(faulty, row.fault, async () => {
        const startedAt = performance.now();
        const given = await stage.ask(sent);
        return [given, performance.now() - startedAt] as const;
      });
      expectRefused(answer, row);
      assert.ok(tookIn < 10_000, `${tookIn} ms`);
      if ("table" in row.fault) {
        const id = answer.headers["x-request-id"];
        const line = await stage.server.findLog((entry) => entry["requestId"] === id);
        assert.ok(JSON.stringify(line).includes(row.fault.table), "the log names the cause under the request's id");
      }
    });
  }

  test("a fault is told in the caller's language, and says no more", async () => {
    await stage.ownKey();
    const russian = stage.at({ language: "ru" });
    const answer = await whileFaulty(faulty, { kind: "table-gone", table: "api_key" }, () =>
      russian.ask({ path: "/user" }),
    );
    expectRefused(answer, { code: "server.error" }, "ru");
  });
});
