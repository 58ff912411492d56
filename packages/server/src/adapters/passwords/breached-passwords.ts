import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { compareKeys, hasKey, type Key, keyOf, keySize } from "./sorted-keys.js";

/**
 * The imported list on disk: `magic`, then for each of the 65,536 values of a key's first 16 bits how many keys are below
 * it (48 bits, and once more for the total), then the sorted keys. A key is the start of the password's SHA-1.
 */
export const breachedFormat = {
  magic: Buffer.from("trilithon breached passwords 1\n\0"),
  buckets: 65_536,
  countSize: 6,
} as const;

/** Where the keys begin. */
export const firstKeyAt = breachedFormat.magic.length + (breachedFormat.buckets + 1) * breachedFormat.countSize;

/** The imported list of breached passwords. */
export interface BreachedPasswords {
  readonly size: number;
  /** For exactly this text; at most a few reads of the disk. With a billion entries, one text in 10^10 is there by chance. */
  has(text: string): boolean;
  close(): void;
}

/** `undefined` when nothing has been imported; throws on a file that is damaged or of another version. */
export const openBreachedPasswords = (file: string): BreachedPasswords | undefined => {
  const descriptor = openIfThere(file);
  if (descriptor === undefined) return undefined;
  try {
    const counts = readCounts(descriptor);
    const size = counts?.at(-1) ?? 0;
    if (counts === undefined || fstatSync(descriptor).size !== firstKeyAt + size * keySize)
      throw new Error(`${file} is damaged or of another version: import the list again`);
    return {
      size,
      has: (text) => isInFile(descriptor, counts, keyOf(createHash("sha1").update(text, "utf8").digest())),
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
};

/** Keys that are fetched in one read: a page of the disk. */
const pageLength = 512;

const isInFile = (descriptor: number, counts: Float64Array, key: Key): boolean => {
  const bucket = key.high >>> 16;
  let from = counts[bucket] ?? 0;
  let to = counts[bucket + 1] ?? 0;
  while (to - from > pageLength) {
    const middle = Math.floor((from + to) / 2);
    if (compareKeys(key, keyOf(readKeys(descriptor, middle, middle + 1))) < 0) to = middle;
    else from = middle;
  }
  return hasKey(readKeys(descriptor, from, to), key);
};

const readKeys = (descriptor: number, from: number, to: number): Buffer =>
  readAt(descriptor, firstKeyAt + from * keySize, (to - from) * keySize);

const readCounts = (descriptor: number): Float64Array | undefined => {
  const { magic, buckets, countSize } = breachedFormat;
  const start = readAt(descriptor, 0, firstKeyAt);
  if (start.length < firstKeyAt || !start.subarray(0, magic.length).equals(magic)) return undefined;
  return Float64Array.from({ length: buckets + 1 }, (_, bucket) =>
    start.readUIntBE(magic.length + bucket * countSize, countSize),
  );
};

/** The bytes asked for, fewer at the end of the file. */
const readAt = (descriptor: number, position: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
};

const openIfThere = (file: string): number | undefined => {
  try {
    return openSync(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
};
