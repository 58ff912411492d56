import { readFile } from "node:fs/promises";
import { CommandRefused } from "./command.js";

/** A file that the operator has named; refused when it cannot be read. */
export const readTextFile = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new CommandRefused(`${file} ${code === "ENOENT" ? "is not there" : `cannot be read (${code})`}`);
  }
};
