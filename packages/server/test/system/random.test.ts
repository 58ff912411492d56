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
