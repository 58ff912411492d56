import { commandTools, type compose } from "#src/compose.js";
import type { LogLevel } from "#settings/settings.js";

export type Log = Parameters<typeof compose>[1];

/** The server's log: for a person at a terminal, else one JSON object a line. */
export const openServerLog = (level: LogLevel, isForProgram: boolean): Log =>
  isForProgram
    ? commandTools.createLog({ level, out: process.stdout, form: "json" })
    : commandTools.createSystemLog(level);

/** A command's own words go to standard output; what its stores have to say is for whoever looks for a fault, beside it. */
export const openCommandLog = (level: LogLevel): Log =>
  commandTools.createLog({
    level: level === "debug" || level === "trace" ? level : "error",
    out: process.stderr,
    form: process.stderr.isTTY ? "terminal" : "json",
  });
