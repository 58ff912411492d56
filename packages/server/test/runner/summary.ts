import type { EngineName } from "../engines/engines.js";
import type { FileResult } from "./run-file.js";
import { type StoreName, storeNames, storeOf, suitesOfEveryEngine, suitesWithRedis } from "./test-files.js";

const nodesCounts = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo"];
const noEngine = "no engine";
type Column = StoreName | typeof noEngine;
const columns: readonly Column[] = [...storeNames, noEngine];

/** Tests that ran, by suite and store. */
export type Tally = ReadonlyMap<string, ReadonlyMap<Column, number>>;

export function tally(results: readonly FileResult[]): Tally {
  const table = new Map<string, Map<Column, number>>();
  for (const { file, tests } of results) {
    const row = table.get(file.suite) ?? new Map<Column, number>();
    table.set(file.suite, row);
    for (const test of tests) {
      if (!test.isSuite && test.kind !== "skipped") {
        const column = storeOf(test.titles) ?? noEngine;
        row.set(column, (row.get(column) ?? 0) + 1);
      }
    }
  }
  return new Map([...table].toSorted(([one], [other]) => one.localeCompare(other)));
}

/** What should have run and did not: suites of every engine that are missing, or ran nothing on one of `engines`, or there with Redis. */
export function findHoles(
  table: Tally,
  { engines, hasRedis }: { readonly engines: readonly EngineName[]; readonly hasRedis: boolean },
): readonly string[] {
  const withRedis = hasRedis ? engines.map((engine) => `${engine}+redis` as const) : [];
  return [
    ...suitesOfEveryEngine.flatMap((family) => holesOf(table, family, engines)),
    ...suitesWithRedis.flatMap((family) => holesOf(table, family, withRedis)),
  ];
}

function holesOf(table: Tally, family: string, stores: readonly StoreName[]): readonly string[] {
  const rows = [...table].filter(([suite]) => suite === family || suite.startsWith(`${family}/`));
  if (rows.length === 0) {
    return [`no ${family} suite`];
  }
  return rows.flatMap(([suite, row]) =>
    stores.filter((store) => !row.get(store)).map((store) => `no ${suite} test on ${store}`),
  );
}

export function formatTable(table: Tally): string {
  const suiteWidth = Math.max(5, ...[...table.keys()].map((suite) => suite.length));
  const cellWidth = Math.max(...columns.map((column) => column.length));
  const line = (suite: string, cells: readonly string[]) =>
    [suite.padEnd(suiteWidth), ...cells.map((cell) => cell.padStart(cellWidth))].join("  ");
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
