import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, for this user only; one that is there stays as it is. Not Node's `recursive`: below a folder such as
 * /proc, where nobody can make one, that tries for ever at full load.
 */
export const makeFolder = (path: string): void => {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was first.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) throw error;
  }
};
