import type { Terminal } from "./terminal.js";

/** How far a long work is. */
export interface Progress {
  /** `done` things so far, and which part of the whole that is, from 0 to 1. */
  tell(done: number, part: number): void;
  /** Removes the bar. */
  end(): void;
}

const everyIn = 1000;
const barLength = 30;

/** Tells the progress beside the answer, once a second: as a bar where there is a terminal, else as lines. */
export const createProgress = (terminal: Terminal, noun: string): Progress => {
  const startedAt = performance.now();
  let toldAt = startedAt;
  return {
    tell(done, part) {
      const now = performance.now();
      if (now - toldAt < everyIn) return;
      toldAt = now;
      const rate = Math.round((done * 1000) / (now - startedAt));
      const words = `${done.toLocaleString("en-US")} ${noun}, ${rate.toLocaleString("en-US")}/s, ${Math.floor(part * 100)}%`;
      if (!terminal.showsProgress) return terminal.aside(words);
      const full = Math.round(Math.min(part, 1) * barLength);
      terminal.redraw(`[${"#".repeat(full)}${" ".repeat(barLength - full)}] ${words}`);
    },
    end() {
      if (terminal.showsProgress) terminal.redraw("");
    },
  };
};
