import assert from "node:assert/strict";
import { test } from "node:test";
import { addressRanges } from "#adapters/system/address-ranges.js";

const rows: readonly (readonly [range: string, address: string, isIn: boolean])[] = [
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "192.0.2.8", false],
  ["192.0.2.7", "::ffff:192.0.2.7", true],
  ["192.0.2.0/24", "192.0.2.255", true],
  ["192.0.2.0/24", "192.0.3.0", false],
  ["0.0.0.0/0", "203.0.113.9", true],
  ["0.0.0.0/0", "2001:db8::1", false],
  ["2001:db8::/32", "2001:db8:ffff::1", true],
  ["2001:db8::/32", "2001:db9::", false],
  ["2001:DB8::1", "2001:db8:0:0::1", true],
  ["::/0", "192.0.2.7", false],
  ["192.0.2.7", "", false],
  ["192.0.2.7", "unknown", false],
  ["no range", "192.0.2.7", false],
];
for (const [range, address, isIn] of rows)
  test(`${range} ${isIn ? "includes" : "does not include"} ${address || "nothing"}`, () => {
    assert.equal(addressRanges.include(["198.51.100.1", range], address), isIn);
  });

test("no range includes nobody", () => assert.equal(addressRanges.include([], "192.0.2.7"), false));
