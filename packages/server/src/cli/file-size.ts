import { stat } from "node:fs/promises";
import { CommandRefused } from "./command.js";

/** The size of a file in bytes. Refused when it is not there, or a folder. */
export const fileSize = async (path: string): Promise<number> => {
  const found = await stat(path).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new CommandRefused(`cannot read ${path} (${code})`);
  });
  if (found.isDirectory()) throw new CommandRefused(`${path} is a folder`);
  return found.size;
};
