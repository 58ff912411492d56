import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { endWithParent } from "./end-with-parent.js";
import { trilithon } from "./package-folder.js";
import { builtEnvironment } from "./start-server.js";

export interface CliOptions {
  /** Settings, as of `startServer`: give the server's `DATA_DIR` or `DATABASE_URL` to act on what it serves. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `trilithon <args>` to its end. Its output is no terminal's. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const [command, wrapped] = endWithParent([process.execPath, trilithon, ...args]);
  const child = spawn(command, wrapped, {
    cwd: options.cwd ?? options.env?.["DATA_DIR"] ?? tmpdir(),
    env: builtEnvironment(options.env ?? {}),
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command that does not read its input may be gone before it is written.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const code = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}
