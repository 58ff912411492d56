import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { engineNames } from "../engines/engines.js";
import type { FileResult } from "./run-file.js";
import { findHoles, formatCounts, tally } from "./summary.js";

/** A file of the suite with one test for each title. */
function given(suite: string, ...titles: readonly string[]): FileResult {
  return {
    file: { name: `${suite}/a.test.ts`, compiled: "", suite },
    tests: titles.map((title) => ({
      kind: title.startsWith("skipped") ? "skipped" : "passed",
      titles: [title, "inner"],
      isSuite: false,
      reason: "",
    })),
    counts: new Map([["pass", titles.length]]),
    ms: 1,
    output: "",
    fault: undefined,
  };
}
const everywhere = ["x [sqlite]", "x [postgres]", "x [mariadb]"];
const withRedis = ["x [sqlite+redis]", "x [postgres+redis]", "x [mariadb+redis]"];
const whole = [
  given("contracts/account", ...everywhere, ...withRedis),
  given("contracts/platform", ...everywhere, ...withRedis),
  given("conformance", ...everywhere),
  given("races", ...everywhere),
  given("journeys", ...everywhere),
];

describe("the holes of a run", () => {
  const cases: readonly {
    readonly when: string;
    readonly results: readonly FileResult[];
    readonly holes: readonly string[];
  }[] = [
    { when: "all ran", results: whole, holes: [] },
    { when: "a suite without engines ran too", results: [...whole, given("core", "x")], holes: [] },
    {
      when: "nothing ran",
      results: [],
      holes: [
        "no contracts suite",
        "no conformance suite",
        "no races suite",
        "no journeys suite",
        "no contracts/account suite",
        "no contracts/platform suite",
      ],
    },
    { when: "a suite is missing", results: whole.slice(0, -1), holes: ["no journeys suite"] },
    {
      when: "one contract misses an engine",
      results: [...whole, given("contracts/b", "x [sqlite]", "x [mariadb]")],
      holes: ["no contracts/b test on postgres"],
    },
    {
      when: "an engine's tests were skipped",
      results: [...whole, given("contracts/jwt", "x [sqlite]", "skipped [postgres]", "x [mariadb]")],
      holes: ["no contracts/jwt test on postgres"],
    },
    {
      when: "a contract ran with Redis on one engine only",
      results: [...whole.slice(1), given("contracts/account", ...everywhere, "x [sqlite+redis]")],
      holes: ["no contracts/account test on postgres+redis", "no contracts/account test on mariadb+redis"],
    },
    {
      when: "Redis alone made a contract run on an engine",
      results: [...whole, given("contracts/jwt", "x [sqlite]", "x [postgres+redis]", "x [mariadb]")],
      holes: ["no contracts/jwt test on postgres"],
    },
    {
      when: "no title names an engine",
      results: [...whole.slice(0, 3), ...whole.slice(4), given("races", "x")],
      holes: ["no races test on sqlite", "no races test on postgres", "no races test on mariadb"],
    },
  ];
  for (const { when, results, holes } of cases) {
    it(`are ${holes.length} when ${when}`, () => {
      assert.deepEqual(findHoles(tally(results), { engines: engineNames, hasRedis: true }), holes);
    });
  }
  it("are none with Redis where there is no Redis", () => {
    const results = [...whole.slice(1), given("contracts/account", ...everywhere)];
    assert.deepEqual(findHoles(tally(results), { engines: engineNames, hasRedis: false }), []);
  });
  it("count as failures", () => {
    assert.match(formatCounts(whole, 2, 1), /^# pass 21\n# fail 2$/m);
  });
});
