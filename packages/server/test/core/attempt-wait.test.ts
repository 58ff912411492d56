import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptWait } from "#core/limits/attempt-wait.js";

const budget = {
  limit: 10,
  restIn: 7_200_000,
  disabledAt: 100,
  pauses: { after: 5, firstIn: 60_000, longestIn: 3_600_000 },
};
const at = 1_800_000_000_000;

for (const [used, failedInRow, since, wait] of [
  [0, 0, 0, 0],
  [4, 4, 0, 0],
  [5, 5, 0, 60_000],
  [5, 5, 59_999, 1],
  [5, 5, 60_000, 0],
  [6, 6, 0, 120_000],
  [9, 11, 0, 3_600_000],
  [9, 12, 0, 3_600_000],
  [9, 99, 0, 3_600_000],
  [10, 0, 0, 7_200_000],
  [10, 5, 60_000, 7_140_000],
  [10, 12, 7_200_000, 0],
  [5, 5, -3_600_000, 60_000],
  [1, 100, 0, undefined],
  [0, 100, 9_000_000_000, undefined],
] as const) {
  test(`${used} used and ${failedInRow} in a row, ${since} ms ago, wait ${wait ?? "for recovery"}`, () => {
    const counted = { used, failedInRow, lastAt: at - since, isDisabled: false };
    assert.equal(attemptWait(counted, budget, at), wait);
  });
}

test("who never tried waits for nothing", () => assert.equal(attemptWait(undefined, budget, at), 0));
