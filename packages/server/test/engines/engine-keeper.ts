/**
 * Keeps one database engine, as a process of its own, so that the engine ends with whoever started it, however that ended:
 * a process that dies by SIGKILL still closes the pipe to its keeper.
 *
 * Reads `start` lines from its standard input and stops the engine and removes its folder when the input ends. Writes
 * `started <pid>` and `exited`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EngineProgram } from "./private-engine.js";
import { removeTemporaryFolder } from "./temporary-folder.js";

const program = JSON.parse(process.argv[2] ?? "") as EngineProgram;
const patience = 10_000;

let engine: ChildProcess | undefined;
let isEnding = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {});
}
// The reader may be gone: what is left to do is to stop the engine, which the end of the input says.
process.stdout.on("error", () => {});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (line === "start" && engine === undefined && !isEnding) {
      start();
    }
  })
  .on("close", end);

function start(): void {
  const log = openSync(join(program.folder, "engine.log"), "a");
  const started = spawn(program.command, program.args, {
    cwd: program.folder,
    env: {
      PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C.UTF-8",
      HOME: program.folder,
      TMPDIR: program.folder,
    },
    stdio: ["ignore", log, log],
    ...program.owner,
  });
  engine = started;
  started.once("spawn", () => process.stdout.write(`started ${started.pid}\n`));
  started.once("error", gone);
  started.once("exit", gone);
}

function gone(): void {
  if (engine === undefined) {
    return;
  }
  engine = undefined;
  process.stdout.write("exited\n");
  if (isEnding) {
    leave();
  }
}

function end(): void {
  isEnding = true;
  if (engine === undefined) {
    leave();
    return;
  }
  const stubborn = engine;
  stubborn.kill(program.stopSignal);
  setTimeout(() => stubborn.kill("SIGKILL"), patience).unref();
}

function leave(): void {
  removeTemporaryFolder(program.folder);
  process.exit(0);
}
