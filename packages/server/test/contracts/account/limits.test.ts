import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryPair } from "../../engines/engines.js";
import { nextAddress } from "../../server/request.js";
import { carrying, useStage } from "./stage.js";
import { addressLimits, limitsRows, refusedAt, spend } from "./limits-rows.js";
import { testRows } from "./row.js";

describeOnEveryPair("limits per client address", (engine) => {
  const stage = useStage(engine);

  for (const [name, { limit }] of Object.entries(addressLimits)) {
    test(`${name} lets exactly ${limit} of many at once through`, async () => {
      const address = nextAddress();
      const many = Array.from({ length: limit + 6 }, () => stage.ask(refusedAt(name, address)));
      const refused = (await Promise.all(many)).filter(({ status }) => status === 429);
      assert.equal(refused.length, 6);
      for (const { headers } of refused) {
        const wait = Number(headers["retry-after"]);
        assert.ok(wait > 30 && wait <= 60, `${wait} s`);
      }
    });

    test(`${name} counts each address and mount apart`, async () => {
      const address = nextAddress();
      await spend(stage, name, address);
      assert.equal((await stage.ask(refusedAt(name, address))).status, 429);
      assert.notEqual((await stage.ask(refusedAt(name, nextAddress()))).status, 429, "another address");
      assert.notEqual(
        (await stage.at({ mount: "hardened" }).ask(refusedAt(name, address))).status,
        429,
        "another mount",
      );
    });
  }

  test("what asks for a key and hashes nothing has no limit", async () => {
    const { key } = await stage.enter();
    const address = nextAddress();
    const looks = Array.from({ length: 100 }, () =>
      stage.ask({ path: "/profile/update/", headers: carrying(key), address }),
    );
    assert.deepEqual(new Set((await Promise.all(looks)).map(({ status }) => status)), new Set([200]));
  });

  testRows(stage, limitsRows);
});
