import { randomFillSync, randomInt } from "node:crypto";
import type { Random } from "#core/ports.js";

/** The machine's CSPRNG. */
export const systemRandom: Random = {
  uuid(at) {
    const bytes = take(16);
    // RFC 9562 section 5.7: 48 bits of time, version 7, 12 bits of a counter, variant 2, 62 random bits.
    bytes.writeUIntBE(at, 0, 6);
    bytes.writeUInt16BE(0x7000 | countIn(at, bytes.readUInt16BE(6)), 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
  token: (bits) => take(bits / 8).toString("base64url"),
  // `randomInt` rejects what would make some numbers likelier than others.
  digits: (count) => String(randomInt(10 ** count)).padStart(count, "0"),
};

let countedAt = -1;
let count = 0;

/** Ids of one process and one millisecond sort in the order in which they were made (section 6.2, method 1), up to 2,048 of them. */
const countIn = (at: number, chance: number): number => {
  count = at === countedAt && count < 0xfff ? count + 1 : chance & 0x7ff;
  countedAt = at;
  return count;
};

// One call of the CSPRNG for many ids: each call costs as much as all else that an id needs.
const supply = Buffer.alloc(4096);
let used = supply.length;

/** Random bytes, given once and not kept. */
const take = (size: number): Buffer => {
  if (used + size > supply.length) {
    randomFillSync(supply);
    used = 0;
  }
  const bytes = Buffer.from(supply.subarray(used, used + size));
  supply.fill(0, used, used + size);
  used += size;
  return bytes;
};
