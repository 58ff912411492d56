import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { childrenOf } from "../server/child-processes.js";

/** An engine's program as its keeper runs it. */
export interface EngineProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** Holds everything of the engine; removed with it. */
  readonly folder: string;
  /** Who runs it when we are root: the engines refuse to. */
  readonly owner: Owner;
  readonly stopSignal: "SIGINT" | "SIGTERM";
}
export type Owner = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** A database engine that belongs to this process alone and ends with it. */
export interface PrivateEngine {
  /** The administrator's URL: may make databases and users. */
  readonly url: string;
  /** The engine's process; changes with each start. */
  pid(): number;
  /** SIGKILL to the engine and its processes, as a loss of power would; resolves when they are gone. */
  kill(): Promise<void>;
  /** Starts a killed engine again on the same data and port; resolves when it answers. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

const startsWithin = 60_000;
const asksEvery = 50;

/** Starts the program and resolves once `answers` resolves. */
export async function startPrivateEngine(
  program: EngineProgram,
  url: string,
  answers: () => Promise<void>,
): Promise<PrivateEngine> {
  const keeper = startKeeper(program);
  let running: number | undefined;
  let wake = () => {};
  createInterface({ input: keeper.stdout }).on("line", (line) => {
    running = line.startsWith("started ") ? Number(line.slice("started ".length)) : undefined;
    wake();
  });
  const next = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const keeperEnded = new Promise<void>((resolve) => keeper.once("exit", () => resolve()));

  async function start(): Promise<void> {
    const heard = next();
    keeper.stdin.write("start\n");
    await Promise.race([heard, keeperEnded]);
    const deadline = Date.now() + startsWithin;
    for (;;) {
      if (running === undefined) {
        throw new Error(
          `${program.command} ended instead of starting:\n${lastLines(join(program.folder, "engine.log"))}`,
        );
      }
      try {
        await answers();
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          throw new Error(`${program.command} does not answer`, { cause: error });
        }
        await delay(asksEvery);
      }
    }
  }
  async function kill(): Promise<void> {
    if (running === undefined) {
      return;
    }
    const heard = next();
    const processes = [running, ...childrenOf(running)];
    for (const pid of processes) {
      sendSignal(pid, "SIGKILL");
    }
    await heard;
    while (processes.some((pid) => sendSignal(pid, 0))) {
      await delay(5);
    }
  }
  async function stop(): Promise<void> {
    keeper.stdin.end();
    await keeperEnded;
  }

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    pid: () => {
      if (running === undefined) {
        throw new Error(`${program.command} is not running`);
      }
      return running;
    },
    kill,
    start,
    stop,
  };
}

/** The user an engine runs as when we are root; nobody else when we are not. Throws when root finds no such user. */
export function ownerNamed(user: string): Owner {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const ask = (flag: string) =>
    Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  return { uid: ask("-u"), gid: ask("-g") };
}

/** Gives a folder or file to the owner. */
export function giveTo(owner: Owner, path: string): void {
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(path, owner.uid, owner.gid);
  }
}

/** Whether a program stands at this path. */
export function isProgram(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Runs one of an engine's own tools to its end; its output stands in the error when it fails. */
export function runTool(command: string, args: readonly string[], folder: string, owner: Owner): void {
  execFileSync(command, args, {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C.UTF-8",
      HOME: folder,
      TMPDIR: folder,
    },
    stdio: ["ignore", "pipe", "pipe"],
    ...owner,
  });
}

function startKeeper(
  program: EngineProgram,
): ChildProcess & { stdin: NonNullable<ChildProcess["stdin"]>; stdout: NonNullable<ChildProcess["stdout"]> } {
  // Beside this file and of its kind: compiled for the tests, TypeScript under tsx for the benches.
  const kind = extname(fileURLToPath(import.meta.url));
  const file = fileURLToPath(new URL(`./engine-keeper${kind}`, import.meta.url));
  const loader = kind === ".ts" ? process.execArgv : [];
  const keeper = spawn(process.execPath, [...loader, file, JSON.stringify(program)], {
    stdio: ["pipe", "pipe", "inherit"],
    // Out of the terminal's group: an interrupt reaches it only as the end of its input, after the tests have ended.
    detached: true,
  });
  keeper.stdin.on("error", () => {});
  return keeper;
}

function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n").slice(-20).join("\n");
  } catch {
    return "(it wrote nothing)";
  }
}
