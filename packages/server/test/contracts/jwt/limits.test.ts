import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { nextAddress } from "../../server/request.js";
import { specEndpoint } from "../../specs/jwt-page.js";
import { limitMounts, limitsRows } from "./limits-rows.js";
import { testRows } from "./row.js";
import type { Sent } from "../stage.js";
import { useStage } from "./stage.js";

const limits: readonly (readonly [name: string, limit: number, seconds: number])[] = [
  ["register", 5, 60],
  ["login", 10, 60],
  ["refresh", 60, 3600],
];

describeOnEveryEngine("limits per client address", (engine) => {
  const stage = useStage(engine, { config: { mounts: limitMounts } });
  const many = (times: number, sent: Sent) => Promise.all(Array.from({ length: times }, () => stage.ask(sent)));

  for (const [name, limit, seconds] of limits) {
    const { method, path } = specEndpoint(name);

    test(`${method} ${path} lets exactly ${limit} of many at once through, and says when to come again`, async () => {
      const answers = await many(limit + 8, { path, method, address: nextAddress() });
      const refused = answers.filter(({ status }) => status === 429);
      assert.equal(refused.length, 8);
      for (const { headers } of refused) {
        const wait = Number(headers["retry-after"]);
        assert.ok(wait > seconds - 30 && wait <= seconds, `${wait} s`);
      }
    });

    test(`${method} ${path} counts each address, endpoint and mount apart`, async () => {
      const address = nextAddress();
      await many(limit + 1, { path, method, address });
      assert.notEqual((await stage.ask({ path, method })).status, 429, "another address");
      assert.notEqual((await stage.ask({ path, method, address, prefix: "/quick" })).status, 429, "another mount");
      const other = specEndpoint(name === "login" ? "register" : "login");
      assert.notEqual((await stage.ask({ ...other, address })).status, 429, "another endpoint");
      assert.equal((await stage.ask({ path, method, address })).status, 429);
    });

    test(`${method} ${path} is open again when the window is over`, async () => {
      const sent = { path, method, address: nextAddress(), prefix: "/quick" };
      await stage.ask(sent);
      const refused = await stage.ask(sent);
      assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "1"]);
      await delay(1050);
      assert.notEqual((await stage.ask(sent)).status, 429);
    });

    test(`${method} ${path} does not count what is not found, not allowed or too large`, async () => {
      const address = nextAddress();
      await many(limit, { path: `${path}x`, method, address });
      await many(limit, { path, method: "PUT", address });
      const body = "x".repeat(64 * 1024 + 1);
      await many(limit, { path, method, address, headers: { "content-type": "application/json" }, body });
      assert.notEqual((await stage.ask({ path, method, address })).status, 429);
    });
  }

  testRows(stage, limitsRows);
});

describeOnEveryEngine("limits per client address behind a proxy", (engine) => {
  const stage = useStage(engine, { env: { TRUSTED_PROXIES: "127.0.0.1,10.0.0.0/8" } });
  const ask = (forwarded: string, address = "127.0.0.1") =>
    stage.ask({ path: "/register", method: "POST", address, headers: { "x-forwarded-for": forwarded } });
  const isOpen = async (forwarded: string, address?: string) => (await ask(forwarded, address)).status !== 429;
  const spend = async (...forwarded: readonly string[]) => {
    for (const each of forwarded) await ask(each);
  };
  const five = (forwarded: string) => Array.from({ length: 5 }, () => forwarded);

  const rows: readonly (readonly [when: string, spent: readonly string[], then: string, isOpen: boolean])[] = [
    ["the address that the proxy names", five("198.51.100.1"), "198.51.100.1", false],
    ["another that it names", five("198.51.100.2"), "198.51.100.3", true],
    [
      "what its caller had already named is not believed",
      five("1.2.3.4, 198.51.100.4"),
      "5.6.7.8, 198.51.100.4",
      false,
    ],
    ["a second proxy of ours is passed over", five("198.51.100.5, 10.1.2.3"), "198.51.100.5", false],
    ["an IPv4 address in IPv6 form is the same", five("::ffff:198.51.100.6"), "198.51.100.6", false],
    [
      "an IPv6 subscriber is his /64",
      ["2001:db8:1::1", "2001:db8:1::2", "2001:DB8:1:0:5::3", "2001:db8:1::4", "2001:db8:1::5"],
      "2001:db8:1:0:ffff::9",
      false,
    ],
    ["the next /64 is another", five("2001:db8:2::1"), "2001:db8:2:1::1", true],
  ];
  for (const [when, spent, then, open] of rows) {
    test(`POST /register counts by the client behind the proxy: ${when}`, async () => {
      await spend(...spent);
      assert.equal(await isOpen(then), open);
    });
  }

  test("POST /register does not believe a caller that is no proxy", async () => {
    const address = nextAddress();
    for (let at = 1; at <= 5; at += 1) await ask(`192.0.2.${at}`, address);
    assert.equal(await isOpen("192.0.2.6", address), false);
  });
});
