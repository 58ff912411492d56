/**
 * `npm run check:borders`: holds the imports to the rules of `.dependency-cruiser.cjs`.
 *
 * Its own program rather than dependency-cruiser's command for two reasons: imports such as `#core/refusal.js` name compiled files, which
 * have lost every import of a type, so they are led to the sources here; and a cruise that reads nothing reports success, so what
 * was read is counted.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractConfiguration from "dependency-cruiser/config-utl/extract-depcruise-config";
import serverPackage from "../packages/server/package.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url));
const server = "packages/server";
const read = [`${server}/src`, `${server}/test`, "scripts", "bench"].filter((folder) => listSources(folder).length > 0);

process.chdir(root);
const { options, ...ruleSet } = await extractConfiguration("./.dependency-cruiser.cjs");
const { output } = await cruise(read, { ...options, ruleSet, validate: true }, {
  alias: sourcesOf(serverPackage.imports),
  extensionAlias: { ".js": [".ts", ".js"] },
} as Parameters<typeof cruise>[2]);

// Without an output type, a cruise's output is its result.
const { modules, summary } = output as ICruiseResult;
const expected = read.flatMap(listSources).length;
const ours = modules.filter(({ source }) => /^(packages|scripts|bench)\/.*\.ts$/.test(source));
const linked = ours.reduce(
  (sum, { dependencies }) => sum + dependencies.filter(({ module }) => module.startsWith("#")).length,
  0,
);

const faults = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
if (ours.length < expected) {
  faults.push(`read ${ours.length} modules of ${expected}`);
}
if (linked === 0) {
  faults.push("found no import across folders");
}
for (const fault of faults) {
  console.error(fault);
}
console.log(`borders: ${ours.length} modules, ${linked} imports across folders, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

function sourcesOf(imports: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).map(([name, compiled]) => [
      name.replace(/\/\*$/, ""),
      join(root, server, compiled.replace("/dist/", "/").replace(/\/\*$/, "")),
    ]),
  );
}

function listSources(folder: string): readonly string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
  } catch {
    return [];
  }
}
