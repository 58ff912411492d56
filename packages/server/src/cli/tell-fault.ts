import { Refusal } from "#core/refusal.js";
import type { Environment } from "#settings/read-env.js";
import { SettingsRefused } from "#settings/settings-refused.js";
import { commandTools } from "#src/compose.js";
import { CommandRefused, UsageFault } from "./command.js";
import { identifierWords } from "./identifier-words.js";

/** How a command that did not succeed is told. */
export interface ToldFault {
  /** A word of ours, for programs. */
  readonly reason: string;
  readonly lines: readonly string[];
  readonly exitCode: 1 | 2;
}

/** What went wrong, in sentences that name the setting and what to do; never a secret. */
export const tellFault = (error: unknown, environment: Environment): ToldFault => {
  if (error instanceof UsageFault) return { reason: "usage", lines: [error.message], exitCode: 2 };
  if (error instanceof CommandRefused) return refused("refused", [error.message, ...error.more]);
  if (error instanceof SettingsRefused) return refused("settings", error.faults);
  if (error instanceof Refusal) return refused(error.code, [refusalInWords(error)]);
  const known = startFault(error, environment);
  if (known !== undefined) return refused("start", [known]);
  const isDebugging = /^(?:debug|trace)$/.test(environment["LOG_LEVEL"]?.trim() ?? "");
  return refused("fault", [`unexpected ${classAndMessage(error)}`, ...(isDebugging ? stackOf(error) : [])]);
};

const refused = (reason: string, lines: readonly string[]): ToldFault => ({ reason, lines, exitCode: 1 });

const refusalInWords = (refusal: Refusal): string => {
  if (Refusal.is(refusal, "store-unavailable")) {
    const why = refusal.cause === undefined ? "" : ` (${classAndMessage(deepestCause(refusal.cause))})`;
    return `DATABASE_URL: the database does not answer${why}. Does it run, and may this machine and user reach it?`;
  }
  if (Refusal.is(refusal, "identifier-taken"))
    return `the ${identifierWords[refusal.details.kind]} is taken by another account`;
  if (Refusal.is(refusal, "account-unknown")) return `there is no account ${refusal.details.accountId}`;
  if (Refusal.is(refusal, "account-status"))
    return `account ${refusal.details.accountId} is ${refusal.details.status}, which does not allow this`;
  if (Refusal.is(refusal, "overloaded")) return "there is more work than can be finished in time: try again";
  return `refused: ${refusal.code} ${commandTools.scrub(JSON.stringify(refusal.details))}`;
};

/** A fault that a setting or the surroundings of the server cause. */
const startFault = (error: unknown, environment: Environment): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  // Named, not tested by class: the border keeps adapters out of sight.
  if (error.name === "NewerSchema") return `DATABASE_URL: ${commandTools.scrub(error.message)}`;
  if (error.name === "DurabilityRefused")
    return `DATABASE_URL: ${commandTools.scrub(error.message)}. Change it there and start again`;
  if (error.name === "DatabaseFileRefused")
    return `${fileSetting(environment)}: ${commandTools.scrub(error.message)}. Name a file that this user may write, in a folder that is there. Example: ${fileExamples[fileSetting(environment)]}`;
  const cause = deepestCause(error);
  const code = codeOf(cause);
  if (cause instanceof Error && "syscall" in cause && cause.syscall === "listen")
    return listenFaults[code] ?? `HOST, PORT: cannot listen (${code})`;
  if (/^(?:ECONN|ENOTFOUND|EAI_|EHOSTUNREACH|ETIMEDOUT|ENETUNREACH)/.test(code))
    return `DATABASE_URL: the database does not answer (${code}). Does it run, and may this machine reach it?`;
  return undefined;
};

/** What decides where the embedded database lies. */
const fileSetting = (environment: Environment) => (environment["DATABASE_URL"]?.trim() ? "DATABASE_URL" : "DATA_DIR");

const fileExamples = {
  DATABASE_URL: "DATABASE_URL=sqlite:/var/lib/trilithon/trilithon.db",
  DATA_DIR: "DATA_DIR=/var/lib/trilithon",
} as const;

const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: "PORT: another process listens there already. Stop it, or choose another: PORT=8081",
  EADDRNOTAVAIL: "HOST: this machine does not have that address. Example: HOST=127.0.0.1",
  EACCES: "PORT: this user may not listen there; ports below 1024 are the system's. Example: PORT=8080",
  ENOTFOUND: "HOST: that name has no address. Example: HOST=127.0.0.1",
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

const deepestCause = (error: unknown): unknown => {
  let deepest = error;
  for (let depth = 0; depth < 10; depth += 1) {
    const next: unknown =
      deepest instanceof AggregateError ? deepest.errors[0] : deepest instanceof Error ? deepest.cause : undefined;
    if (next === undefined) break;
    deepest = next;
  }
  return deepest;
};

const classAndMessage = (error: unknown): string =>
  error instanceof Error
    ? commandTools.scrub(`${error.name}: ${error.message || codeOf(error)}`)
    : "value thrown that is no Error";

const stackOf = (error: unknown): readonly string[] =>
  error instanceof Error
    ? (error.stack ?? "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line))
        .map((line) => commandTools.scrub(line))
    : [];
