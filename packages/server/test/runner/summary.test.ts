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
const whole = [
  given("contracts/jwt", ...everywhere),
  given("conformance", ...everywhere),
  given("races", ...everywhere),
];

describe("the holes of a run", () => {
  const cases: readonly {
    readonly when: string;
    readonly results: readonly FileResult[];
    readonly holes: readonly string[];
  }[] = [
    { when: "all ran", results: whole, holes: [] },
    { when: "a suite without engines ran too", results: [...whole, given("core", "x")], holes: [] },
    { when: "nothing ran", results: [], holes: ["no contracts suite", "no conformance suite", "no races suite"] },
    { when: "a suite is missing", results: whole.slice(0, 2), holes: ["no races suite"] },
    {
      when: "one contract misses an engine",
      results: [...whole, given("contracts/b", "x [sqlite]", "x [mariadb]")],
      holes: ["no contracts/b test on postgres"],
    },
    {
      when: "an engine's tests were skipped",
      results: [...whole.slice(1), given("contracts/jwt", "x [sqlite]", "skipped [postgres]", "x [mariadb]")],
      holes: ["no contracts/jwt test on postgres"],
    },
    {
      when: "no title names an engine",
      results: [...whole.slice(0, 2), given("races", "x")],
      holes: ["no races test on sqlite", "no races test on postgres", "no races test on mariadb"],
    },
  ];
  for (const { when, results, holes } of cases) {
    it(`are ${holes.length} when ${when}`, () => {
      assert.deepEqual(findHoles(tally(results), engineNames), holes);
    });
  }
  it("count as failures", () => {
    assert.match(formatCounts(whole, 2, 1), /^# pass 9\n# fail 2$/m);
  });
});
