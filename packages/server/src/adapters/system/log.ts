import { type Level, pino } from "pino";
import { scrub, scrubLines } from "./scrub.js";
import { terminalLines } from "./terminal-lines.js";

/** One line per call. Says what happened in fixed words; everything that varies is a field. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with fields that every line carries. */
  with(fields: LogFields): Log;
}

/** All that may be logged: ids, names of ours, numbers and errors. There is no field for what a caller sent. */
export interface LogFields {
  readonly requestId?: string;
  readonly accountId?: string;
  readonly sessionId?: string;
  readonly keyId?: string;
  readonly messageId?: string;
  /** By which a message goes out, and over which of the operator's gateways. */
  readonly channel?: string;
  readonly gateway?: string;
  readonly node?: string;
  readonly mount?: string;
  readonly method?: string;
  /** The route's pattern, not the path as sent. */
  readonly route?: string;
  readonly status?: number;
  /** Milliseconds it took. */
  readonly ms?: number;
  /** A refusal's code, a signal's name: a word of ours. */
  readonly reason?: string;
  readonly job?: string;
  readonly done?: number;
  readonly engine?: string;
  readonly version?: string;
  /** An address of ours, without credentials. */
  readonly url?: string;
  readonly path?: string;
  readonly error?: unknown;
}

export interface LogOptions {
  readonly level: Level;
  /** Where lines go. */
  readonly out: { write(line: string): unknown };
  /** `terminal`: for a person's eyes; `json`: one object a line. */
  readonly form: "terminal" | "json";
}

/** A log of JSON lines, or of short coloured ones. */
export const createLog = ({ level, out, form }: LogOptions): Log => {
  const stream = form === "terminal" ? terminalLines(out) : out;
  const written = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const bound = (more: LogFields): Log => {
    const write =
      (at: "debug" | "info" | "warn" | "error") =>
      (event: string, fields: LogFields = {}) => {
        if (written.isLevelEnabled(at)) written[at](recordOf({ ...more, ...fields }), scrub(event));
      };
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      with: (fields) => bound({ ...more, ...fields }),
    };
  };
  return bound({});
};

/** The log of a process: to its standard output, in the form that its reader can use. */
export const createSystemLog = (level: Level): Log =>
  createLog(
    process.stdout.isTTY
      ? { level, out: process.stdout, form: "terminal" }
      : // Written at once: what happened just before a crash is not lost in a buffer.
        { level, out: pino.destination({ fd: 1, sync: true }), form: "json" },
  );

const textFields = [
  "requestId",
  "node",
  "mount",
  "method",
  "route",
  "reason",
  "accountId",
  "sessionId",
  "keyId",
  "messageId",
  "channel",
  "gateway",
  "job",
  "engine",
  "version",
  "url",
  "path",
] as const satisfies readonly (keyof LogFields)[];
const numberFields = ["status", "ms", "done"] as const satisfies readonly (keyof LogFields)[];

/** Copies the known fields only: an object that carries more, at run time, leaves the rest behind. */
const recordOf = (fields: LogFields): Record<string, unknown> => {
  const record: Record<string, unknown> = {};
  for (const name of textFields) if (fields[name] !== undefined) record[name] = scrub(String(fields[name]));
  for (const name of numberFields) if (fields[name] !== undefined) record[name] = Number(fields[name]);
  if (fields.error !== undefined) record["error"] = errorOf(fields.error, 5);
  return record;
};

interface ErrorRecord {
  readonly class: string;
  readonly message: string;
  /** What the system or the database calls it, such as `ECONNREFUSED` or `23505`. */
  readonly errno?: string;
  readonly stack?: string;
  readonly cause?: ErrorRecord;
}

/** Class, message, place and causes of an error. Its other members – rows, statements, parameters – are left behind. */
const errorOf = (error: unknown, depth: number): ErrorRecord => {
  if (!(error instanceof Error)) return { class: typeof error, message: "thrown without being an Error" };
  const code: unknown = "code" in error ? error.code : undefined;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    class: scrub(error.name),
    message: scrub(error.message),
    ...(typeof code === "string" && /^\w{1,40}$/.test(code) ? { errno: code } : {}),
    ...(frames.length === 0 ? {} : { stack: scrubLines(frames.slice(0, 20).join("\n")) }),
    ...(error.cause === undefined || depth === 0 ? {} : { cause: errorOf(error.cause, depth - 1) }),
  };
};
