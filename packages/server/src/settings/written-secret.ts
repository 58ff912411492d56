import { readFileSync } from "node:fs";

/** A secret as it is written, or what stands in the file that is named in its place. */
export const readSecret = (written: string | undefined, at: string, faults: string[]): string | undefined => {
  if (written === undefined || !written.startsWith("file:")) return written;
  const file = written.slice("file:".length);
  try {
    const secret = readFileSync(file, "utf8").trim();
    if (secret !== "") return secret;
    faults.push(`${at} names ${file}, which is empty`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    faults.push(`${at} names ${file}, which ${code === "ENOENT" ? "is not there" : `cannot be read (${code})`}`);
  }
  return undefined;
};
