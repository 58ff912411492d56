import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import type { DatabaseProxy } from "../../fakes/database-proxy.js";
import { appUri } from "../../identity-providers/handoff-page.js";
import { nextAddress } from "../../server/request.js";
import { specEndpoint } from "../../specs/account-page.js";
import { canHave, throughProxy, whileFaulty } from "../store-faults.js";
import { jsonFor } from "./drafts.js";
import { faultsRows, overloadRows } from "./faults-rows.js";
import { expectRow } from "./row.js";
import { carrying, stageMounts, useStage } from "./stage.js";

describeOnEveryStore("faults of the store", (engine) => {
  let proxy: DatabaseProxy | undefined;
  const stage = useStage(
    throughProxy(engine, (opened) => {
      proxy = opened;
    }),
    { config: { mounts: stageMounts({ handoff: { redirectUris: [appUri] } }) } },
  );
  const faulty = {
    stage,
    proxy: () => proxy,
    probe: { path: "/login/", json: { email: "a@example.org", password: "x" } },
    wellStatus: 400,
  };

  // A database that hangs is waited for; what is answered then does not depend on Redis, and is as when it is down.
  const rows = faultsRows.filter(
    ({ fault }) => canHave(engine, fault) && !(engine.hasRedis === true && fault.kind === "hangs"),
  );
  for (const row of rows) {
    const { methods, path } = specEndpoint(row.reaches.endpoint);
    test(`${methods.join("/")} ${path} refuses when ${row.when}: ${row.reaches.status} ${row.reaches.message}`, async () => {
      const sent = await row.send(stage);
      const [answer, tookIn] = await whileFaulty(faulty, row.fault, async () => {
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

  test("a fault is told in Persian as well, and says no more", async () => {
    const persian = stage.at({ language: "fa" });
    const sent = await jsonFor(persian, "forgot");
    const answer = await whileFaulty(faulty, { kind: "table-gone", table: "message" }, () => persian.ask(sent));
    const reaches = { endpoint: "forgot", status: 500, field: undefined, message: "A server error occurred." };
    expectRow(answer, { reaches }, "fa");
  });
});

describeOnEveryStore("more hashes than the server can make", (engine) => {
  const stage = useStage(engine);
  for (const row of overloadRows) {
    const { methods, path } = specEndpoint(row.reaches.endpoint);
    test(`${methods.join("/")} ${path} refuses when ${row.when}: 503 ${row.reaches.message}`, async () => {
      const burst = Array.from({ length: 300 }, async () =>
        stage.ask({ ...(await row.send(stage)), address: nextAddress() }),
      );
      const answers = await Promise.all(burst);
      const refused = answers.filter(({ status }) => status === 503);
      assert.ok(refused.length > 0, `all of ${answers.length} were let`);
      for (const answer of refused) expectRow(answer, row);
      const { key } = await stage.shared("looker", () => stage.enter());
      assert.equal((await stage.ask({ path: "/profile/update/", headers: carrying(key) })).status, 200);
    });
  }
});
