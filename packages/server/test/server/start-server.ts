import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { findFreePort } from "../engines/free-port.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { endWithParent } from "./end-with-parent.js";
import { trilithon } from "./package-folder.js";
import { request } from "./request.js";

export interface ServerOptions {
  /** `DATABASE_URL`; the embedded database in the server's own `DATA_DIR` without. */
  readonly databaseUrl?: string;
  /** Settings beside the built ones; `undefined` leaves a built one out. Nothing of the test's own environment reaches the server but `PATH` and `HOME`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to a file that `TRILITHON_CONFIG` names. */
  readonly config?: unknown;
  /** Kept when the server ends, so that another can start on it; without, the server has its own, which ends with it. */
  readonly dataDir?: string;
  /** 127.0.0.1 on a free port without. */
  readonly port?: number;
  /** Put before the server's own command line, as in `["strace", "-D", "-f", …]`: `-D`, so that the process stays the server and takes its signals. */
  readonly under?: readonly string[];
}

export interface RunningServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** Where a mount stands, as in `origin("/jwt")`. */
  origin(prefix: string): string;
  /** The log so far, one object a line. */
  readonly log: readonly LogLine[];
  /** Everything it wrote to standard output and error so far. */
  output(): string;
  /** Resolves with the first line, written before or after the call, that fits. Rejects when the server ends without one. */
  findLog(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Sends the signal and resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
  /** Resolves when it ends, by whatever cause. */
  readonly ended: Promise<Exit>;
  /** SIGTERM; resolves with the exit code, `null` when a signal ended it. May be called again. */
  stop(): Promise<number | null>;
}
export type LogLine = Readonly<Record<string, unknown>>;
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Rejected with when a server ends before it is ready: what it said, and how it ended. */
export class ServerDidNotStart extends Error {
  readonly exit: Exit;
  readonly output: string;
  constructor(exit: Exit, output: string) {
    super(`the server ended with ${exit.code ?? exit.signal} before it was ready:\n${output}`);
    this.exit = exit;
    this.output = output;
  }
}

const readyWithin = 30_000;
const asksEvery = 20;

// One for all servers of a test file: several on one database must share it.
const secretKey = randomBytes(32).toString("base64url");

/** Starts the server as a user does, as a process of its own, and resolves when `/readyz` says that it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? makeTemporaryFolder("data");
  const port = options.port ?? (await findFreePort());
  const url = `http://127.0.0.1:${port}`;
  const child = startProcess(options, dataDir, port);
  const log: LogLine[] = [];
  let output = "";
  const hear = (line: string) => {
    output += `${line}\n`;
    const entry = parseLine(line);
    if (entry !== undefined) {
      log.push(entry);
    }
  };
  createInterface({ input: child.stdout }).on("line", hear);
  createInterface({ input: child.stderr }).on("line", hear);
  const ended = new Promise<Exit>((resolve) => {
    // "close", not "exit": by then all that it wrote has been heard.
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  if (options.dataDir === undefined) {
    void ended.then(() => removeTemporaryFolder(dataDir));
  }

  await Promise.race([
    becomesReady(url, child),
    ended.then((exit) => {
      throw new ServerDidNotStart(exit, output);
    }),
  ]);

  async function findLog(fits: (line: LogLine) => boolean): Promise<LogLine> {
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    for (;;) {
      const isLast = hasEnded;
      const found = log.find(fits);
      if (found !== undefined) {
        return found;
      }
      if (isLast) {
        throw new Error(`the server ended without such a line:\n${output}`);
      }
      await Promise.race([ended, delay(asksEvery)]);
    }
  }
  async function kill(signal: NodeJS.Signals): Promise<Exit> {
    child.kill(signal);
    return await ended;
  }
  return {
    url,
    port,
    dataDir,
    pid: child.pid ?? 0,
    origin: (prefix) => `${url}${prefix}`,
    log,
    output: () => output,
    findLog,
    kill,
    ended,
    stop: async () => (await kill("SIGTERM")).code,
  };
}

/** The environment a server or a command runs in: built, never inherited. */
export function builtEnvironment(settings: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"], SECRET_KEY: secretKey, ...settings };
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function startProcess(options: ServerOptions, dataDir: string, port: number) {
  const [command, args] = endWithParent([...(options.under ?? []), process.execPath, trilithon, "serve"]);
  return spawn(command, args, {
    cwd: dataDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: builtEnvironment({
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: options.databaseUrl,
      TRILITHON_CONFIG: options.config === undefined ? undefined : writeConfig(dataDir, options.config),
      ...options.env,
    }),
  });
}

function writeConfig(dataDir: string, config: unknown): string {
  const file = join(dataDir, "trilithon.config.json");
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function becomesReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + readyWithin;
  let last: unknown;
  while (child.exitCode === null && child.signalCode === null) {
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the server is not ready after ${readyWithin} ms`, { cause: last });
    }
    try {
      const { status, text } = await request(`${url}/readyz`);
      if (status === 200) {
        return;
      }
      last = `${status} ${text}`;
    } catch (error) {
      last = error;
    }
    await delay(asksEvery);
  }
  // It has ended: the caller's race is decided by what it said.
  return new Promise(() => {});
}

function parseLine(line: string): LogLine | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}
