import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fingerprint } from "#adapters/system/fingerprint.js";
import { systemRandom } from "#adapters/system/random.js";
import { sameSecret } from "#adapters/system/same-secret.js";

describe("random", () => {
  it("makes UUIDs of version 7 that carry their time", () => {
    for (const at of [0, 1, 1_700_000_000_000, 2 ** 48 - 1]) {
      const uuid = systemRandom.uuid(at);
      assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(Number.parseInt(uuid.replaceAll("-", "").slice(0, 12), 16), at);
    }
  });

  it("makes UUIDs that sort by time", () => {
    const uuids = Array.from({ length: 1_000 }, (_, at) => systemRandom.uuid(1_700_000_000_000 + at));
    assert.deepEqual(uuids.toSorted(), uuids);
  });

  it("makes UUIDs that sort as they were made within a millisecond", () => {
    const uuids = Array.from({ length: 2_000 }, () => systemRandom.uuid(1_700_000_000_000));
    assert.deepEqual(uuids.toSorted(), uuids);
  });

  it("makes different ones in one millisecond", () => {
    assert.equal(new Set(Array.from({ length: 10_000 }, () => systemRandom.uuid(1))).size, 10_000);
  });

  for (const [bits, length] of [
    [128, 22],
    [256, 43],
  ] as const) {
    it(`makes tokens of ${String(bits)} bits`, () => {
      const tokens = Array.from({ length: 1_000 }, () => systemRandom.token(bits));
      for (const token of tokens) assert.match(token, new RegExp(`^[\\w-]{${String(length)}}$`));
      assert.equal(new Set(tokens).size, 1_000);
    });
  }
});

describe("random digits", () => {
  it("are strings of so many decimal digits, leading zeros among them", () => {
    for (const count of [1, 6, 9]) {
      for (let made = 0; made < 1_000; made += 1)
        assert.match(systemRandom.digits(count), new RegExp(`^[0-9]{${String(count)}}$`));
    }
  });

  it("are each as likely as any other, in every place and in every pair of places", () => {
    const codes = Array.from({ length: 100_000 }, () => systemRandom.digits(6));
    for (let place = 0; place < 6; place += 1) {
      assert.ok(
        chiSquare(
          codes.map((code) => Number(code[place])),
          10,
        ) < criticalOfNine,
        `place ${place}`,
      );
      const next = (place + 1) % 6;
      const pairs = codes.map((code) => Number(`${code[place]}${code[next]}`));
      assert.ok(chiSquare(pairs, 100) < criticalOfNinetyNine, `places ${place} and ${next}`);
    }
  });

  it("do not come again in the order in which they came", () => {
    const runs = Array.from({ length: 1_000 }, () => systemRandom.digits(6) + systemRandom.digits(6));
    assert.equal(new Set(runs).size, 1_000);
  });
});

/** What chi-square with so many degrees of freedom exceeds by chance once in 10,000,000 times: a dozen of them are looked at. */
const criticalOfNine = 50.2;
const criticalOfNinetyNine = 190.1;

const chiSquare = (values: readonly number[], kinds: number): number => {
  const counts = Array.from({ length: kinds }, () => 0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  const expected = values.length / kinds;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
};

describe("fingerprint", () => {
  it("is SHA-256 in base64url", () => {
    assert.equal(fingerprint("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  });
});

describe("same secret", () => {
  for (const [one, other, expected] of [
    ["", "", true],
    ["a", "a", true],
    ["پ", "پ", true],
    ["a", "b", false],
    ["a", "ab", false],
    ["a", "", false],
  ] as const) {
    it(`says ${String(expected)} for ${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
      assert.equal(sameSecret(one, other), expected);
    });
  }
});
