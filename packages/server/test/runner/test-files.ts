import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { engineNames, type EngineName } from "../engines/engines.js";

/** One test file, named from the folder `test/`, as in `races/register.test.ts`. */
export interface TestFile {
  readonly name: string;
  readonly compiled: string;
  /** Its folder: `races`, `core`; a contract's files are a suite of their own, as in `contracts/jwt`. */
  readonly suite: string;
}

/** The suites that must have run on every engine: whoever passes on one only has not passed. */
export const suitesOfEveryEngine = ["contracts", "conformance", "races", "journeys"] as const;

/** Those that must have run on every engine with Redis beside it, too. */
export const suitesWithRedis = ["contracts/account", "contracts/platform"] as const;

/**
 * The test files of the sources, so that what is left over in `dist` of a removed one is not run. `filters` are parts of names; none
 * means all. Slow suites come first: the run then does not end waiting for one of them alone.
 */
export function listTestFiles(packageFolder: string, filters: readonly string[]): readonly TestFile[] {
  const sources = join(packageFolder, "test");
  return readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => relative(".", name).split(sep).join("/"))
    .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
    .toSorted((one, other) => weight(other) - weight(one) || one.localeCompare(other))
    .map((name) => ({
      name,
      compiled: join(packageFolder, "dist", "test", name.replace(/\.ts$/, ".js")),
      suite: suiteOf(name),
    }));
}

/** An engine, and what stands beside it. */
export type StoreName = EngineName | `${EngineName}+redis`;
export const storeNames: readonly StoreName[] = [
  ...engineNames,
  ...engineNames.map((name) => `${name}+redis` as const),
];

/** The store that a test's titles name, as in `[postgres]` or `[postgres+redis]`. */
export function storeOf(titles: readonly string[]): StoreName | undefined {
  return storeNames.find((store) => titles.some((title) => title.includes(`[${store}]`)));
}

function suiteOf(name: string): string {
  const folders = name.split("/").slice(0, -1);
  return folders.slice(0, folders[0] === "contracts" ? 2 : 1).join("/") || "test";
}

function weight(name: string): number {
  return ["faults/", "races/", "browser/"].some((slow) => name.startsWith(slow)) ? 1 : 0;
}
