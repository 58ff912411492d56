/**
 * `npm run check:readme`: starts the server with `npm start` on an empty data folder and makes the calls of README.md and of
 * docs/integrate/point-a-client.md, as their readers would.
 *
 * A block fenced as ```json trilithon.config.json is the server's configuration. Each block fenced as ```sh first-calls is run by a shell.
 * Where the next block is ```json, the answer must equal it; `<token>`, `<uuid>`, `<time>` and so on stand for any such value. What a
 * reader would copy from an answer is set for the calls after it, under its name in capitals, however deep it stands: "access_token" as
 * $ACCESS_TOKEN. PORT moves the server, and the calls, away from 8080.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const pages = ["README.md", "docs/integrate/point-a-client.md"] as const;

interface Page {
  readonly name: string;
  /** Of the server; absent where the page shows none. */
  readonly config: string | undefined;
  readonly calls: readonly Call[];
}

interface Call {
  readonly script: string;
  /** Absent where the page shows no answer: the call must only succeed. */
  readonly answer: unknown;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const port = process.env["PORT"] ?? "8080";
const readyUrl = `http://127.0.0.1:${port}/readyz`;
const readyWithin = 120_000;

const placeholders: Readonly<Record<string, RegExp>> = {
  "<token>": /^[\w-]+\.[\w-]+\.[\w-]+$/,
  "<key>": /^[\w-]{43}$/,
  "<api-key>": /^apk_[\w-]{43}$/,
  "<api-secret>": /^aps_[\w-]{43}$/,
  "<number>": /^\d+$/,
  "<code>": /^\d{6}$/,
  "<id>": /^[a-z]{3}_[\w-]{22}$/,
  "<text>": /\S/,
  "<uuid>": /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  "<time>": /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/,
};

process.exitCode = await main();

async function main(): Promise<number> {
  if (await isReady()) {
    console.error(`something answers ${readyUrl} already: set PORT`);
    return 1;
  }
  let failed = 0;
  for (const page of pages.map(readPage)) {
    const faults = page.calls.length === 0 ? ["it has no block fenced as ```sh first-calls"] : await tryPage(page);
    if (faults.length > 0) console.error(faults.join("\n"));
    console.log(`${page.name}: ${page.calls.length} calls, ${faults.length} faults`);
    failed += faults.length;
  }
  return failed === 0 ? 0 : 1;
}

async function tryPage({ config, calls }: Page): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "trilithon-readme-"));
  const file = join(folder, "trilithon.config.json");
  if (config !== undefined) writeFileSync(file, config);
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    PORT: port,
    DATA_DIR: join(folder, "data"),
    ...(config === undefined ? {} : { TRILITHON_CONFIG: file }),
  };
  // A group of its own: npm starts a shell that starts the server, and all are to end.
  const server = spawn("npm", ["start"], { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = Promise.all([text(server.stdout), text(server.stderr)]);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  let faults: readonly string[];
  try {
    await becomeReady(() => server.exitCode !== null || server.signalCode !== null);
    faults = await makeCalls(calls, env.DATA_DIR);
  } catch (error) {
    faults = [String(error)];
  } finally {
    if (server.pid !== undefined && server.exitCode === null) {
      process.kill(-server.pid, "SIGTERM");
    }
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
  return faults.length === 0 ? [] : [...faults, "the server wrote:", ...(await output)];
}

function readPage(name: string): Page {
  const page = readFileSync(join(root, name), "utf8");
  const blocks = [...page.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, tag = "", body = ""]) => ({ tag, body }));
  const calls = blocks.flatMap(({ tag, body }, at) => {
    const next = blocks[at + 1];
    return tag.trim() === "sh first-calls"
      ? [{ script: body, answer: next?.tag.trim() === "json" ? (JSON.parse(next.body) as unknown) : undefined }]
      : [];
  });
  return { name, config: blocks.find(({ tag }) => tag.trim() === "json trilithon.config.json")?.body, calls };
}

async function makeCalls(calls: readonly Call[], dataDirectory: string): Promise<readonly string[]> {
  const copied: Record<string, string> = {};
  for (const { script, answer } of calls) {
    const moved = script.replaceAll(/(127\.0\.0\.1|localhost):8080/g, `$1:${port}`);
    const shell = spawn("bash", ["-euo", "pipefail", "-c", moved], {
      cwd: root,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], DATA_DIR: dataDirectory, ...copied },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => shell.once("exit", resolve));
    const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
    if ((await ended) !== 0) {
      return [`failed:\n${script}${stderr}`];
    }
    if (answer === undefined) {
      continue;
    }
    const given = parse(stdout);
    const difference = compare(answer, given, "the answer");
    if (difference !== undefined) {
      return [`${script}answers ${stdout}\n  ${difference}`];
    }
    copy(given, copied);
  }
  return [];
}

function copy(given: unknown, copied: Record<string, string>): void {
  for (const [name, value] of isObject(given) ? Object.entries(given) : []) {
    if (typeof value === "string") copied[name.toUpperCase()] = value;
    else copy(value, copied);
  }
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}

/** Where the two differ, or `undefined`. */
function compare(expected: unknown, given: unknown, at: string): string | undefined {
  if (typeof expected === "string" && (typeof given === "string" || expected === "<number>")) {
    return fits(expected, String(given))
      ? undefined
      : `${at} is ${JSON.stringify(given)}, on the page ${JSON.stringify(expected)}`;
  }
  if (isObject(expected) && isObject(given) && Array.isArray(expected) === Array.isArray(given)) {
    const [wanted, got] = [Object.keys(expected), Object.keys(given)];
    if (wanted.toSorted().join() !== got.toSorted().join()) {
      return `${at} has ${got.join(", ")}, on the page ${wanted.join(", ")}`;
    }
    return wanted.map((key) => compare(expected[key], given[key], `${at}.${key}`)).find((found) => found !== undefined);
  }
  return Object.is(expected, given)
    ? undefined
    : `${at} is ${JSON.stringify(given)}, on the page ${JSON.stringify(expected)}`;
}

function fits(expected: string, given: string): boolean {
  return placeholders[expected]?.test(given) ?? expected === given;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(readyUrl)).ok;
  } catch {
    return false;
  }
}

async function becomeReady(hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + readyWithin;
  while (!(await isReady())) {
    if (hasEnded()) {
      throw new Error("npm start ended before it was ready");
    }
    if (Date.now() > deadline) {
      throw new Error(`${readyUrl} is not ready after ${readyWithin} ms`);
    }
    await delay(50);
  }
}
