import { engineNames, type EngineName } from "../engines/engines.js";
import type { FileResult } from "./run-file.js";
import { engineOf, suitesOfEveryEngine } from "./test-files.js";

const nodesCounts = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"];
const noEngine = "no engine";
type Column = EngineName | typeof noEngine;
const columns: readonly Column[] = [...engineNames, noEngine];

/** Tests that ran, by suite and engine. */
export type Tally = ReadonlyMap<string, ReadonlyMap<Column, number>>;

export function tally(results: readonly FileResult[]): Tally {
  const table = new Map<string, Map<Column, number>>();
  for (const { file, tests } of results) {
    const row = table.get(file.suite) ?? new Map<Column, number>();
    table.set(file.suite, row);
    for (const test of tests) {
      if (!test.isSuite && test.kind !== "skipped") {
        const column = engineOf(test.titles) ?? noEngine;
        row.set(column, (row.get(column) ?? 0) + 1);
      }
    }
  }
  return new Map([...table].toSorted(([one], [other]) => one.localeCompare(other)));
}

/** What should have run and did not: suites of every engine that are missing, or ran nothing on one of `engines`. */
export function findHoles(table: Tally, engines: readonly EngineName[]): readonly string[] {
  return suitesOfEveryEngine.flatMap((family) => {
    const rows = [...table].filter(([suite]) => suite === family || suite.startsWith(`${family}/`));
    if (rows.length === 0) {
      return [`no ${family} suite`];
    }
    return rows.flatMap(([suite, row]) =>
      engines.filter((engine) => !row.get(engine)).map((engine) => `no ${suite} test on ${engine}`),
    );
  });
}

export function formatTable(table: Tally): string {
  const suiteWidth = Math.max(5, ...[...table.keys()].map((suite) => suite.length));
  const line = (suite: string, cells: readonly string[]) =>
    [suite.padEnd(suiteWidth), ...cells.map((cell) => cell.padStart(9))].join("  ");
  return [
    line("suite", columns),
    ...[...table].map(([suite, row]) =>
      line(
        suite,
        columns.map((column) => String(row.get(column) ?? "-")),
      ),
    ),
  ].join("\n");
}

/** Node's closing summary over all files; `faults` beside the tests (a crash, a hole) count as failures. */
export function formatCounts(results: readonly FileResult[], faults: number, ms: number): string {
  const total = (name: string) =>
    results.reduce((sum, { counts }) => sum + (counts.get(name) ?? 0), name === "fail" ? faults : 0);
  return [...nodesCounts.map((name) => `# ${name} ${total(name)}`), `# duration_ms ${Math.round(ms)}`].join("\n");
}
