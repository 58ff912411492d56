import type { Environment } from "#settings/read-env.js";
import type { Terminal } from "./terminal.js";

/** One command: how it is called, and what it does. */
export interface Command {
  /** Its words, as in `user create`. */
  readonly name: string;
  readonly summary: string;
  /** What it takes after its name; what stands in square brackets may be left out. */
  readonly takes: readonly Term[];
  readonly options: readonly Term[];
  run(call: Call): Promise<Outcome>;
}

/** An argument such as `<file>`, or an option such as `--limit <count>`, and its sentence. */
export interface Term {
  readonly form: string;
  readonly sentence: string;
}

/** What every command about an account takes. */
export const accountTerm: Term = {
  form: "<account>",
  sentence: "an account id, an e-mail, a phone number or a username",
};

/** One call of a command. */
export interface Call {
  /** In the order of `takes`. */
  readonly given: readonly string[];
  readonly options: Options;
  /** `--json`: the output is for a program. */
  readonly isForProgram: boolean;
  readonly environment: Environment;
  readonly terminal: Terminal;
}

/** The options of a call by name, without their hyphens. */
export interface Options {
  text(name: string): string | undefined;
  /** Of an option that may be given several times, such as `--title <text...>`. */
  texts(name: string): readonly string[];
  has(name: string): boolean;
}

/** What a command found or did, for people and for programs; only one of the two is printed. */
export interface Outcome {
  readonly lines: readonly string[];
  /** Printed as one line; `undefined` when the command has written its own. */
  readonly json: unknown;
  /** Something was found wrong, or refused: exit code 1. */
  readonly isBad?: boolean;
}

/** The command was understood and is refused: exit code 1. Its message is a sentence for the operator. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
  /** What to look at next, a line each. */
  readonly more: readonly string[];

  constructor(sentence: string, more: readonly string[] = []) {
    super(sentence);
    this.more = more;
  }
}

/** The command was called in a wrong way: exit code 2. */
export class UsageFault extends Error {
  override readonly name = "UsageFault";
}
