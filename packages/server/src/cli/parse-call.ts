import { readFileSync } from "node:fs";
import { Command as Parser, CommanderError } from "commander";
import type { Command, Options } from "./command.js";

/** What the arguments ask for: a command with what it was given, or only the help or version that has been printed. */
export type Parsed =
  | {
      readonly command: Command;
      readonly given: readonly string[];
      readonly options: Options;
      readonly isForProgram: boolean;
    }
  | { readonly exitCode: 0 | 2 };

/** Reads the arguments after the program's name. Help goes to `out`; faults and the help after them to `err`. */
export const parseCall = (
  commands: readonly Command[],
  words: readonly string[],
  write: { out(text: string): void; err(text: string): void },
): Parsed => {
  let parsed: Parsed = { exitCode: 2 };
  const program = newParser("trilithon", write)
    .description("A self-hosted account and authentication server.")
    .version(version(), "--version", "print the version");
  const groups = new Map<string, Parser>();
  for (const command of commands) {
    const [name = "", inner] = command.name.split(" ");
    const parent = inner === undefined ? program : (groups.get(name) ?? addGroup(program, name, write));
    const made = toParser(command, inner ?? name, write).action((...received: unknown[]) => {
      const parser = received.at(-1);
      if (!(parser instanceof Parser)) throw new Error("the parser of arguments changed its ways");
      const options = optionsOf(parser);
      parsed = { command, given: parser.args, options, isForProgram: options.has("json") };
    });
    parent.addCommand(made);
    // A command of one word may have others below it, as `inbox` has `inbox retry`.
    groups.set(name, inner === undefined ? made : parent);
  }
  try {
    program.parse(words, { from: "user" });
    return parsed;
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    return { exitCode: fault.code === "commander.helpDisplayed" || fault.code === "commander.version" ? 0 : 2 };
  }
};

type Write = Parameters<typeof parseCall>[2];

const newParser = (name: string, write: Write): Parser =>
  new Parser(name)
    .exitOverride()
    .helpOption("--help", "show this help")
    .helpCommand(false)
    // What follows a command is that command's, though the one above it knows an option of the same name.
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .showSuggestionAfterError()
    .showHelpAfterError("Run it with --help for what it takes.")
    .configureOutput({ writeOut: (text) => write.out(text), writeErr: (text) => write.err(text) });

const groupSummaries: Readonly<Record<string, string>> = {
  user: "Accounts: make, find, show, restrict, delete …",
  realm: "Tenants: make, list",
  key: "API keys of client applications: make, list, change, rotate their secrets …",
  disclaimer: "Legal texts that users have to accept",
  export: "What is held about somebody",
  passwords: "The list of common and breached passwords",
};

const addGroup = (program: Parser, name: string, write: Write): Parser => {
  const group = newParser(name, write).description(groupSummaries[name] ?? name);
  program.addCommand(group);
  return group;
};

const toParser = (command: Command, name: string, write: Write): Parser => {
  const parser = newParser(name, write).description(command.summary);
  for (const { form, sentence } of command.takes) parser.argument(form, sentence);
  for (const { form, sentence } of command.options) parser.option(form, sentence);
  return parser.option("--json", "print JSON, for programs");
};

const optionsOf = (parser: Parser): Options => {
  const value = (name: string): unknown => {
    const option = parser.options.find(({ long }) => long === `--${name}`);
    return option === undefined ? undefined : parser.getOptionValue(option.attributeName());
  };
  return {
    text: (name) => {
      const text = value(name);
      return typeof text === "string" ? text : undefined;
    },
    texts: (name) => {
      const texts = value(name);
      return Array.isArray(texts) ? texts.filter((text) => typeof text === "string") : [];
    },
    has: (name) => value(name) === true,
  };
};

const version = (): string => {
  const read: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "unknown";
};
