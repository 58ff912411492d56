/**
 * `npm run test:nodes`: runs the tests on the newest Node 22 and 24, whichever Node runs this.
 *
 * The binaries come from the npm package that ships Node, into a temporary folder: never a dependency. Arguments filter test files.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const versions = [22, 24];
const root = fileURLToPath(new URL("..", import.meta.url));
const runner = join(root, "packages/server/dist/test/run.js");
const carrier = `node-linux-${process.arch}`;

const failed = versions.filter((version) => !passesOn(version));
if (failed.length > 0) {
  console.error(`the tests fail on Node ${failed.join(" and ")}`);
}
process.exitCode = failed.length === 0 ? 0 : 1;

function passesOn(version: number): boolean {
  const folder = mkdtempSync(join(tmpdir(), `trilithon-node-${version}-`));
  try {
    const install = ["install", "--prefix", folder, "--no-save", "--no-package-lock", "--ignore-scripts"];
    execFileSync("npm", [...install, `${carrier}@${version}`], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    const bin = join(folder, "node_modules", carrier, "bin");
    const node = join(bin, "node");
    console.log(`\n== Node ${execFileSync(node, ["--version"], { encoding: "utf8" }).trim()}`);
    // First in PATH too: what a test starts as "node" is the same Node.
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
    return spawnSync(node, [runner, ...process.argv.slice(2)], { cwd: root, env, stdio: "inherit" }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
