/**
 * `npm run check:imports`: loads every dependency of the server in a process of its own. A native add-on built for a newer Node does
 * not refuse to load: it ends the process without a word, so the exit code is the test.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import serverPackage from "../packages/server/package.json" with { type: "json" };

const server = fileURLToPath(new URL("../packages/server", import.meta.url));
const names = Object.keys(serverPackage.dependencies);

let failed = 0;
for (const name of names) {
  const program = `await import(${JSON.stringify(name)}); process.exit(0);`;
  const { status, signal, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: server,
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status !== 0) {
    failed += 1;
    console.error(`import("${name}") ended with ${signal ?? status}\n${stderr}`);
  }
}
console.log(`imports: ${names.length - failed} of ${names.length} dependencies load on Node ${process.version}`);
process.exitCode = failed === 0 && names.length > 0 ? 0 : 1;
