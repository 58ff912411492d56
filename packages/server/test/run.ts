/**
 * Runs the tests: `npm test`, or `npm test -- races core/limits` for the files with these words in their names.
 *
 * Starts PostgreSQL, MariaDB and Redis once, privately, where they are installed; hands each test file their administrators' URLs; runs each
 * file in a process of its own, two at a time; ends with node's counts and a table of what ran on which engine.
 *
 * Settings, none needed: TEST_REQUIRE_SERVICES=1 (an engine that is missing, or a test that is skipped, fails the run), TEST_ROUNDS
 * (of each race), TEST_PAIRS=1 (Redis beside every engine for every row, not only beside SQLite), TEST_CONCURRENCY (files at once),
 * TEST_POSTGRES_URL, TEST_MARIADB_URL and TEST_REDIS_URL (servers that run already; administrators' URLs).
 */
import { chmodSync } from "node:fs";
import { availableEngines, isRedisAvailable } from "./engines/engines.js";
import { findMariadb, startMariadb } from "./engines/mariadb.js";
import { findPostgres, startPostgres } from "./engines/postgres.js";
import type { PrivateEngine } from "./engines/private-engine.js";
import { findRedis, startRedis } from "./engines/redis.js";
import { rounds } from "./engines/rounds.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./engines/temporary-folder.js";
import { type FileResult, runTestFile } from "./runner/run-file.js";
import { findHoles, formatCounts, formatTable, tally } from "./runner/summary.js";
import { listTestFiles, type TestFile } from "./runner/test-files.js";
import { packageFolder } from "./server/package-folder.js";

const servers = [
  {
    name: "PostgreSQL",
    variable: "TEST_POSTGRES_URL",
    isInstalled: () => findPostgres() !== undefined,
    start: startPostgres,
  },
  {
    name: "MariaDB",
    variable: "TEST_MARIADB_URL",
    isInstalled: () => findMariadb() !== undefined,
    start: startMariadb,
  },
  {
    name: "Redis",
    variable: "TEST_REDIS_URL",
    isInstalled: () => findRedis() !== undefined,
    start: () => startRedis(),
  },
] as const;

const isEverythingRequired = process.env["TEST_REQUIRE_SERVICES"] === "1";
const concurrency = Number(process.env["TEST_CONCURRENCY"] ?? 2);
const fileLimit = (10 + rounds() / 2) * 60_000;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stop.abort());
}
process.exitCode = await main(process.argv.slice(2));

async function main(filters: readonly string[]): Promise<number> {
  const files = listTestFiles(packageFolder, filters);
  if (files.length === 0) {
    return say(1, `no test file is named like ${filters.join(", ") || "*.test.ts"}`);
  }
  const temporaryFolder = makeTemporaryFolder("tests");
  // The engines run as users of their own and reach their folders inside.
  chmodSync(temporaryFolder, 0o711);
  process.env["TEST_TEMPORARY_FOLDER"] = temporaryFolder;
  const startedAt = performance.now();
  const engines: PrivateEngine[] = [];
  try {
    const missing = await startEngines(engines);
    const results = await runFiles(files, temporaryFolder);
    const table = tally(results);
    const faults = [
      ...results.flatMap(({ file, fault }) => (fault === undefined ? [] : [`${file.name} ${fault}`])),
      ...(filters.length > 0
        ? []
        : findHoles(table, {
            engines: availableEngines().map(({ name }) => name),
            hasRedis: isRedisAvailable(),
          })),
      ...(isEverythingRequired ? [...missing, ...listSkipped(results)] : []),
      ...(stop.signal.aborted ? ["interrupted"] : []),
    ];
    const notices = isEverythingRequired ? [] : [...missing, ...listSkipped(results)];
    const counts = formatCounts(results, faults.length, performance.now() - startedAt);
    const hasFailed = faults.length > 0 || results.some(({ tests }) => tests.some(({ kind }) => kind === "failed"));
    return say(
      hasFailed ? 1 : 0,
      "",
      ...notices.map((notice) => `note: ${notice}`),
      ...faults.map((fault) => `FAULT: ${fault}`),
      counts,
      "",
      formatTable(table),
    );
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
    removeTemporaryFolder(temporaryFolder);
  }
}

/** Starts what is installed and not running already; returns what is not installed. */
async function startEngines(started: PrivateEngine[]): Promise<readonly string[]> {
  const wanted = servers.filter(({ variable }) => process.env[variable] === undefined);
  await Promise.all(
    wanted
      .filter((server) => server.isInstalled())
      .map(async ({ start, variable }) => {
        const engine = await start();
        started.push(engine);
        process.env[variable] = engine.url;
      }),
  );
  return wanted
    .filter((server) => !server.isInstalled())
    .map(({ name }) => `${name} is not installed: no test ran on it`);
}

async function runFiles(files: readonly TestFile[], temporaryFolder: string): Promise<readonly FileResult[]> {
  const waiting = [...files];
  const results: FileResult[] = [];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined && !stop.signal.aborted; file = waiting.shift()) {
      const result = await runTestFile(file, temporaryFolder, fileLimit, stop.signal);
      results.push(result);
      printFile(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

function printFile({ file, tests, ms, output, fault }: FileResult): void {
  const failed = tests.filter(({ kind }) => kind === "failed");
  const isGood = failed.length === 0 && fault === undefined;
  const ran = tests.filter(({ isSuite, kind }) => !isSuite && kind !== "skipped").length;
  say(
    0,
    `${isGood ? "ok    " : "not ok"} ${file.name}  ${ran} tests  ${(ms / 1000).toFixed(1)} s${fault === undefined ? "" : `  ${fault}`}`,
  );
  for (const { titles, reason } of failed) {
    say(0, `  FAILED ${titles.join(" › ")}`, reason.replaceAll(/^/gm, "    "));
  }
  if (!isGood && output.trim() !== "") {
    say(0, "  it printed:", output.trimEnd().replaceAll(/^/gm, "    | "));
  }
}

function listSkipped(results: readonly FileResult[]): readonly string[] {
  return results.flatMap(({ file, tests }) =>
    tests
      .filter(({ kind }) => kind === "skipped")
      .map(({ titles, reason }) => `${file.name} skips ${titles.join(" › ")}: ${reason || "no reason given"}`),
  );
}

function say(code: number, ...lines: readonly string[]): number {
  process.stdout.write(`${lines.join("\n")}\n`);
  return code;
}
