import assert from "node:assert/strict";
import { runCli } from "../server/run-cli.js";
import type { RunningServer } from "../server/start-server.js";

/** A JSON value whose members may be asked for without knowing its form: what is not there is `undefined`. */
export interface Told {
  readonly value: unknown;
  at(...path: readonly (string | number)[]): unknown;
  text(...path: readonly (string | number)[]): string;
  list(...path: readonly (string | number)[]): readonly Told[];
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody who runs commands with a server's settings, beside it. */
export interface Operator {
  run(...args: readonly string[]): Promise<Ran>;
  /** With `--json`: what was told. Fails when the exit code is not the expected one. */
  ask(code: number, ...args: readonly string[]): Promise<Told>;
}

export function operatorOf(
  server: Pick<RunningServer, "dataDir" | "url">,
  env: Readonly<Record<string, string>> = {},
): Operator {
  const settings = { DATA_DIR: server.dataDir, PUBLIC_URL: server.url, ...env };
  const run = (...args: readonly string[]) => runCli(args, { env: settings });
  return {
    run,
    ask: async (code, ...args) => {
      const ran = await run(...args, "--json");
      assert.equal(ran.code, code, `${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
      return told(JSON.parse(ran.stdout));
    },
  };
}

function told(value: unknown): Told {
  const at = (...path: readonly (string | number)[]) =>
    path.reduce<unknown>((place, step) => member(place, step), value);
  return {
    value,
    at,
    text: (...path) => {
      const found = at(...path);
      assert.equal(typeof found, "string", `${path.join(".")} in ${JSON.stringify(value)}`);
      return String(found);
    },
    list: (...path) => {
      const found = at(...path);
      assert.ok(Array.isArray(found), `${path.join(".")} in ${JSON.stringify(value)}`);
      return found.map(told);
    },
  };
}

function member(place: unknown, step: string | number): unknown {
  if (Array.isArray(place)) return place.at(Number(step));
  return typeof place === "object" && place !== null ? Object.getOwnPropertyDescriptor(place, step)?.value : undefined;
}
