/** A 64-bit key: the first eight bytes of a digest, big-endian, as two halves of 32 bits. */
export interface Key {
  readonly high: number;
  readonly low: number;
}

/** Bytes of one key. */
export const keySize = 8;

/** The key that begins at `at`. */
export const keyOf = (bytes: Buffer, at = 0): Key => ({
  high: bytes.readUInt32BE(at),
  low: bytes.readUInt32BE(at + 4),
});

/** Below, at or above zero, as `Array.sort` wants it. */
export const compareKeys = (one: Key, other: Key): number => one.high - other.high || one.low - other.low;

/** Whether the key is among those in the buffer, which are sorted. */
export const hasKey = (sorted: Buffer, key: Key): boolean => {
  let from = 0;
  let to = sorted.length / keySize;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const order = compareKeys(key, keyOf(sorted, middle * keySize));
    if (order === 0) return true;
    if (order < 0) to = middle;
    else from = middle + 1;
  }
  return false;
};
