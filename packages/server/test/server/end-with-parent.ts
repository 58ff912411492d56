import { existsSync } from "node:fs";

const setpriv = "/usr/bin/setpriv";

/**
 * The command line so wrapped that Linux kills it when the process that starts it dies, SIGKILL included; as command and arguments
 * for `spawn`. The process id is the command's own.
 */
export function endWithParent(commandLine: readonly string[]): readonly [string, readonly string[]] {
  const [command = "", ...args] = commandLine;
  return existsSync(setpriv) ? [setpriv, ["--pdeathsig", "KILL", "--", ...commandLine]] : [command, args];
}
