import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const memoryFolder = "/dev/shm";
const roomNeeded = 1024 ** 3;

/**
 * Makes a folder of its own: inside the runner's, which ends with the run; by hand in memory where a gigabyte is free there
 * (flushing to disk is then cheap, and still asked for), else among the system's temporary files.
 */
export function makeTemporaryFolder(purpose: string): string {
  const parent = process.env["TEST_TEMPORARY_FOLDER"] ?? (hasRoom(memoryFolder) ? memoryFolder : tmpdir());
  return mkdtempSync(join(parent, `trilithon-${purpose}-`));
}

/** Removes a folder made by `makeTemporaryFolder`, whatever is in it. */
export function removeTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= roomNeeded;
  } catch {
    return false;
  }
}
