import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { endianness } from "node:os";
import { basename, dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { breachedFormat, firstKeyAt } from "./breached-passwords.js";
import { compareKeys, type Key, keyOf, keySize } from "./sorted-keys.js";

/** How far an import is. */
export interface ImportProgress {
  /** Lines read. */
  readonly lines: number;
  /** Of the whole work, from 0 to 1. */
  readonly part: number;
}

/** A line that is not `<SHA-1 in 40 hexadecimal digits>:<count>`. */
class MalformedLine extends Error {
  override readonly name = "MalformedLine";
  readonly line: number;

  constructor(line: number) {
    super(`line ${line} is not 40 hexadecimal digits, a colon and a count`);
    this.line = line;
  }
}

/**
 * Turns a list of Have I Been Pwned, sorted or not, into the file that `openBreachedPasswords` reads, and replaces the old one
 * only when all of it is on the disk. Needs 64 MB of memory whatever the size, and 8 bytes of disk a line twice over.
 */
export const importBreachedPasswords = async (
  sourceFile: string,
  targetFile: string,
  onProgress: (progress: ImportProgress) => void,
): Promise<{ readonly imported: number }> => {
  const folder = mkdtempSync(join(dirname(targetFile), `${basename(targetFile)}.import-`));
  try {
    const { runs, lines } = await sortIntoRuns(sourceFile, folder, onProgress);
    const finished = join(folder, "finished");
    const imported = await mergeRuns(runs, finished, (part) => onProgress({ lines, part: (1 + part) / 2 }));
    renameSync(finished, targetFile);
    return { imported };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Run {
  readonly file: string;
  readonly length: number;
}

const keysInRun = 4_000_000;
const blockSize = 1 << 20;

// Typed arrays have the machine's byte order; sorting them as 64-bit numbers is what makes them fast.
const highWord = endianness() === "LE" ? 1 : 0;
const lowWord = 1 - highWord;

const sortIntoRuns = async (sourceFile: string, folder: string, onProgress: (progress: ImportProgress) => void) => {
  const total = Math.max(1, statSync(sourceFile).size);
  const keys = new BigUint64Array(keysInRun);
  const words = new Uint32Array(keys.buffer);
  const runs: Run[] = [];
  let length = 0;
  let lines = 0;

  const endRun = (): void => {
    if (length === 0) return;
    keys.subarray(0, length).sort();
    const file = join(folder, `run-${runs.length}`);
    const out = createKeyWriter(file, 0);
    for (let i = 0; i < length; i += 1) out.write(words[2 * i + highWord] ?? 0, words[2 * i + lowWord] ?? 0);
    out.close();
    runs.push({ file, length });
    length = 0;
  };

  const source = openSync(sourceFile, "r");
  try {
    let rest = 0;
    let done = 0;
    const block = Buffer.alloc(blockSize + longestLine);
    for (;;) {
      const count = readSync(source, block, rest, blockSize, null);
      done += count;
      let end = rest + count;
      // The last line may lack its end.
      if (count === 0 && rest > 0) block[end++] = lineFeed;
      let from = 0;
      for (let to = block.indexOf(lineFeed); to >= 0 && to < end; to = block.indexOf(lineFeed, from)) {
        lines += 1;
        if (!isLine(block, from, to)) throw new MalformedLine(lines);
        words[2 * length + highWord] = hexWord(block, from);
        words[2 * length + lowWord] = hexWord(block, from + 8);
        length += 1;
        from = to + 1;
        if (length === keysInRun) endRun();
      }
      if (count === 0) break;
      rest = end - from;
      if (rest >= longestLine) throw new MalformedLine(lines + 1);
      block.copy(block, 0, from, end);
      onProgress({ lines, part: done / total / 2 });
      await nextTurn();
    }
  } finally {
    closeSync(source);
  }
  if (lines === 0) throw new MalformedLine(1);
  endRun();
  return { runs, lines };
};

const lineFeed = 10;
const longestLine = 128;

const isLine = (block: Buffer, from: number, to: number): boolean => {
  const end = block[to - 1] === 13 ? to - 1 : to;
  if (end - from < 42 || end - from > longestLine || block[from + 40] !== 58) return false;
  for (let i = from; i < from + 40; i += 1) if ((hexDigits[block[i] ?? 0] ?? 0) > 15) return false;
  for (let i = from + 41; i < end; i += 1) if ((hexDigits[block[i] ?? 0] ?? 0) > 9) return false;
  return true;
};

/** The value of each ASCII character as a hexadecimal digit; 255 for all others. */
const hexDigits = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase());
  return value < 0 ? 255 : value;
});

const hexWord = (block: Buffer, from: number): number => {
  let word = 0;
  for (let i = from; i < from + 8; i += 1) word = word * 16 + (hexDigits[block[i] ?? 0] ?? 0);
  return word;
};

/** Writes the merged runs without their doubles; answers how many keys there are. */
const mergeRuns = async (runs: readonly Run[], file: string, onProgress: (part: number) => void): Promise<number> => {
  const { magic, buckets, countSize } = breachedFormat;
  const total = Math.max(
    1,
    runs.reduce((sum, { length }) => sum + length, 0),
  );
  const counts = new Float64Array(buckets + 1);
  const out = createKeyWriter(file, firstKeyAt);
  const readers = runs.map(createKeyReader);
  // Sorted once, then a heap.
  const heap = readers.toSorted((one, other) => (isAfter(one, other) ? 1 : -1));
  try {
    let read = 0;
    let last: Key | undefined;
    for (;;) {
      const current = heap[0]?.current;
      if (current === undefined) break;
      heap[0]?.advance();
      siftDown(heap);
      read += 1;
      if (read % 100_000 === 0) {
        onProgress(read / total);
        await nextTurn();
      }
      if (last !== undefined && compareKeys(last, current) === 0) continue;
      last = current;
      out.write(current.high, current.low);
      const above = (current.high >>> 16) + 1;
      counts[above] = (counts[above] ?? 0) + 1;
    }
    const start = Buffer.alloc(firstKeyAt);
    magic.copy(start);
    let below = 0;
    counts.forEach((count, bucket) => {
      below += count;
      start.writeUIntBE(below, magic.length + bucket * countSize, countSize);
    });
    out.writeStart(start);
    return below;
  } finally {
    out.close();
    for (const reader of readers) reader.close();
  }
};

interface KeyReader {
  /** The key that is next; `undefined` at the end. */
  readonly current: Key | undefined;
  advance(): void;
  close(): void;
}

/** Puts the first reader, which has moved on, where it belongs; sorted input leaves it in place. */
const siftDown = (heap: KeyReader[]): void => {
  let at = 0;
  for (;;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) if (isAfter(heap[least], heap[child])) least = child;
    const [upper, lower] = [heap[at], heap[least]];
    if (least === at || upper === undefined || lower === undefined) return;
    heap[at] = lower;
    heap[least] = upper;
    at = least;
  }
};

/** Readers that have ended come last. */
const isAfter = (one: KeyReader | undefined, other: KeyReader | undefined): boolean => {
  if (other?.current === undefined) return false;
  return one?.current === undefined || compareKeys(one.current, other.current) > 0;
};

const createKeyReader = ({ file, length }: Run): KeyReader => {
  const descriptor = openSync(file, "r");
  const block = Buffer.alloc(64 * 1024);
  let filled = 0;
  let position = 0;
  let left = length;
  let current: Key | undefined;
  const advance = (): void => {
    if (left === 0) {
      current = undefined;
      return;
    }
    if (position >= filled) {
      filled = readSync(descriptor, block, 0, block.length, null);
      position = 0;
    }
    current = keyOf(block, position);
    position += keySize;
    left -= 1;
  };
  advance();
  return {
    get current() {
      return current;
    },
    advance,
    close: () => closeSync(descriptor),
  };
};

const createKeyWriter = (file: string, startsAt: number) => {
  const descriptor = openSync(file, "w", 0o600);
  const block = Buffer.alloc(blockSize);
  let filled = 0;
  let position = startsAt;
  const flush = (): void => {
    writeAll(descriptor, block.subarray(0, filled), position);
    position += filled;
    filled = 0;
  };
  return {
    write(high: number, low: number): void {
      block.writeUInt32BE(high, filled);
      block.writeUInt32BE(low, filled + 4);
      filled += keySize;
      if (filled === blockSize) flush();
    },
    writeStart: (start: Buffer): void => writeAll(descriptor, start, 0),
    close(): void {
      flush();
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
};

const writeAll = (descriptor: number, bytes: Buffer, position: number): void => {
  let done = 0;
  while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
};
