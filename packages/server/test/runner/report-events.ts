/**
 * A reporter of node:test that the runner starts each test file with: one JSON line a test, and node's own counts at the end.
 * Node takes a reporter as a default export only.
 */
import { inspect } from "node:util";

export type ReportedEvent = ReportedTest | ReportedCount;

export interface ReportedTest {
  readonly kind: "passed" | "failed" | "skipped";
  /** From the outermost suite to the test. */
  readonly titles: readonly string[];
  readonly isSuite: boolean;
  /** Why it failed or was skipped. */
  readonly reason: string;
}

/** A line of node's closing summary, as in `tests 12`. */
export interface ReportedCount {
  readonly kind: "count";
  readonly name: string;
  readonly value: number;
}

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly nesting: number;
    readonly message?: string;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly details?: { readonly type?: string; readonly error?: Error & { readonly failureType?: string } };
  };
}

export default async function* reportEvents(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const titles: string[] = [];
  for await (const { type, data } of source) {
    if (type === "test:start") {
      titles.length = data.nesting;
      titles[data.nesting] = data.name;
    } else if (type === "test:pass" || type === "test:fail") {
      const test = reportTest(type, data, [...titles.slice(0, data.nesting), data.name]);
      if (test !== undefined) {
        yield `${JSON.stringify(test)}\n`;
      }
    } else if (type === "test:diagnostic" && data.nesting === 0) {
      const [, name, value] = /^(\w+) (\d+)$/.exec(data.message ?? "") ?? [];
      if (name !== undefined && value !== undefined) {
        yield `${JSON.stringify({ kind: "count", name, value: Number(value) } satisfies ReportedCount)}\n`;
      }
    }
  }
}

function reportTest(type: string, data: TestEvent["data"], titles: readonly string[]): ReportedTest | undefined {
  const isSuite = data.details?.type === "suite";
  if (data.skip !== undefined && data.skip !== false) {
    return { kind: "skipped", titles, isSuite, reason: typeof data.skip === "string" ? data.skip : "" };
  }
  if (type === "test:pass") {
    return { kind: "passed", titles, isSuite, reason: "" };
  }
  const error = data.details?.error;
  // Said already of the test inside that failed.
  if (error?.failureType === "subtestsFailed") {
    return undefined;
  }
  return { kind: "failed", titles, isSuite, reason: inspect(error?.cause ?? error) };
}
