import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { endWithParent } from "../server/end-with-parent.js";
import type { ReportedEvent, ReportedTest } from "./report-events.js";
import type { TestFile } from "./test-files.js";

export interface FileResult {
  readonly file: TestFile;
  readonly tests: readonly ReportedTest[];
  /** Node's own counts: tests, suites, pass, fail, cancelled, skipped, todo. */
  readonly counts: ReadonlyMap<string, number>;
  readonly ms: number;
  /** What it printed. */
  readonly output: string;
  /** Why the file as a whole failed, beside its tests: a crash, a time limit, no tests. */
  readonly fault: string | undefined;
}

/** Runs one test file in a process of its own. `signal` ends it, and what it started, early. */
export async function runTestFile(
  file: TestFile,
  temporaryFolder: string,
  limit: number,
  signal: AbortSignal,
): Promise<FileResult> {
  const events = join(temporaryFolder, `${file.name.replaceAll("/", "-")}.events`);
  const reporter = new URL("./report-events.js", import.meta.url).href;
  const flags = ["--enable-source-maps", `--test-reporter=${reporter}`, `--test-reporter-destination=${events}`];
  const [command, args] = endWithParent([process.execPath, ...flags, file.compiled]);
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  let isOverdue = false;
  const endGroup = () => {
    if (child.pid !== undefined) {
      process.kill(-child.pid, "SIGKILL");
    }
  };
  const timer = setTimeout(() => {
    isOverdue = true;
    endGroup();
  }, limit);
  signal.addEventListener("abort", endGroup);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, by) => resolve(code ?? by));
  });
  const [ending, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), buffer(child.stderr)]);
  clearTimeout(timer);
  signal.removeEventListener("abort", endGroup);

  const reported = readEvents(events);
  const tests = reported.filter((event) => event.kind !== "count");
  const expected = tests.some(({ kind }) => kind === "failed") ? 1 : 0;
  const fault = ending === expected ? (tests.length === 0 ? "has no tests" : undefined) : `ended with ${ending}`;
  return {
    file,
    tests,
    counts: new Map(reported.filter((event) => event.kind === "count").map(({ name, value }) => [name, value])),
    ms: performance.now() - startedAt,
    output: Buffer.concat([stdout, stderr]).toString("utf8"),
    fault: isOverdue ? `is not done after ${limit / 60_000} minutes` : fault,
  };
}

function readEvents(file: string): readonly ReportedEvent[] {
  try {
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    rmSync(file);
    // Written by our own reporter; a line cut short by a crash is no event.
    return lines.flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as ReportedEvent] : []));
  } catch {
    return [];
  }
}
