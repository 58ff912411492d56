import { readEnvironment } from "#settings/read-env.js";
import type { Outcome } from "./command.js";
import { commands } from "./commands.js";
import { parseCall } from "./parse-call.js";
import { tellFault } from "./tell-fault.js";
import { processTerminal } from "./terminal.js";

/** Runs one command: its exit code is 0 done, 1 refused or found wrong, 2 called in a wrong way. */
const main = async (words: readonly string[]): Promise<number> => {
  const terminal = processTerminal();
  const environment = readEnvironment();
  const parsed = parseCall(commands, words, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  });
  if ("exitCode" in parsed) return parsed.exitCode;
  const { command, isForProgram } = parsed;
  try {
    const outcome = await command.run({ ...parsed, environment, terminal });
    for (const line of printed(outcome, isForProgram)) terminal.out(line);
    return outcome.isBad === true ? 1 : 0;
  } catch (error) {
    const { reason, lines, exitCode } = tellFault(error, environment);
    if (isForProgram) terminal.out(JSON.stringify({ refused: { reason, messages: lines } }));
    else
      for (const [at, line] of lines.entries())
        terminal.aside(at === 0 || reason === "settings" ? `trilithon: ${line}` : line);
    return exitCode;
  }
};

const printed = ({ lines, json }: Outcome, isForProgram: boolean): readonly string[] => {
  if (!isForProgram) return lines;
  return json === undefined ? [] : [JSON.stringify(json)];
};

// What is made – the embedded database, its log, the secret – is for this user's eyes only, whatever folder it stands in.
process.umask(0o077);
process.exitCode = await main(process.argv.slice(2));
