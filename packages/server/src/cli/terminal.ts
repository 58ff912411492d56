import { createInterface } from "node:readline/promises";

/** Where a command reads and writes. */
export interface Terminal {
  /** A line of the answer. */
  out(line: string): void;
  /** A line beside the answer: warnings, faults, progress. */
  aside(line: string): void;
  /** Replaces the line of progress; an empty text removes it. Only where `showsProgress`. */
  redraw(line: string): void;
  /** Whether a person sees standard output. */
  readonly isWatched: boolean;
  /** Whether standard error can draw a bar. */
  readonly showsProgress: boolean;
  /** Asks the person at the keyboard; `undefined` when there is none. */
  ask(question: string): Promise<string | undefined>;
}

/** The terminal of this process. */
export const processTerminal = (): Terminal => {
  // Whoever reads only the first lines, as `head` does, has what he wants.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    aside: (line) => void process.stderr.write(`${line}\n`),
    redraw: (line) => void process.stderr.write(`\r\u001b[2K${line}`),
    isWatched: process.stdout.isTTY,
    showsProgress: process.stderr.isTTY,
    ask: async (question) => {
      if (!process.stdin.isTTY) return undefined;
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
};
