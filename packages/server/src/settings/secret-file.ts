import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./make-folder.js";
import { parseSecret, secretLength } from "./secret-key.js";
import { SettingsRefused } from "./settings-refused.js";
import type { Settings } from "./settings.js";

/** The secrets in force, newest first, and what a person should know about where they are kept. */
export interface SecretKeys {
  readonly keys: readonly Uint8Array[];
  readonly warnings: readonly string[];
}

/**
 * The secrets of `SECRET_KEY`, or the one kept in `secret.key` of the data directory, which is made when neither it nor the
 * database is there. Processes that start at once agree on one. Throws `SettingsRefused`.
 */
export const loadSecretKeys = (settings: Settings): SecretKeys => {
  if (settings.secretKeys !== undefined) return { keys: settings.secretKeys, warnings: [] };
  const path = join(settings.dataDirectory, "secret.key");
  try {
    const key = readSecretFile(path) ?? makeSecretFile(settings, path);
    return { keys: [key], warnings: warningsOf(settings, path) };
  } catch (error) {
    if (error instanceof SettingsRefused) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new SettingsRefused([
      `DATA_DIR: the secret cannot be kept there (${cause}). Make the folder writable or set SECRET_KEY`,
    ]);
  }
};

const readSecretFile = (path: string): Uint8Array | undefined => {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
  const key = parseSecret(text.trim());
  if (typeof key === "string") throw new SettingsRefused([`${path} ${key}. Put its backup back, or set SECRET_KEY`]);
  return key;
};

const makeSecretFile = (settings: Settings, path: string): Uint8Array => {
  makeFolder(settings.dataDirectory);
  if (holdsData(settings)) {
    // The other of two processes that start at once may have made both since the first look.
    const made = readSecretFile(path);
    if (made !== undefined) return made;
    throw new SettingsRefused([
      `${path} is missing, but its database is there: with another secret no password in it would be right. Put the file's backup back, or set SECRET_KEY`,
    ]);
  }
  const draft = `${path}.${randomUUID()}`;
  try {
    writeDurably(draft, `${randomBytes(secretLength).toString("base64url")}\n`);
    // A link is made for exactly one of several at once, and never shows half a file.
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(settings.dataDirectory);
  const key = readSecretFile(path);
  if (key === undefined) throw new Error(`${path} vanished while it was made`);
  return key;
};

const holdsData = ({ database }: Settings): boolean =>
  database.engine === "sqlite" && (statSync(database.path, { throwIfNoEntry: false })?.size ?? 0) > 0;

const writeDurably = (path: string, text: string): void => {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const syncFolder = (path: string): void => {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

const warningsOf = (settings: Settings, path: string): readonly string[] => {
  const mode = statSync(path).mode & 0o777;
  return [
    ...((mode & 0o077) === 0
      ? []
      : [`${path} can be read by others on this machine (mode ${mode.toString(8)}): chmod 600 ${path}`]),
    ...(settings.isProduction
      ? [`the secret is the generated one in ${path}: keep a copy of it apart from the database, or set SECRET_KEY`]
      : []),
  ];
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
