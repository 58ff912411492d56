import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedAmong, type OfferedAcceptance, refuseUnlessAccepted } from "#core/disclaimers/accept-disclaimers.js";
import type { Disclaimer } from "#core/disclaimers/disclaimer.js";
import { Refusal } from "#core/refusal.js";

const required = (code: string, version: string): Disclaimer => ({
  code,
  version,
  titles: { en: code },
  url: "https://example.org",
  requiredFrom: 0,
  createdAt: 0,
});
const terms = required("terms", "2");
const privacy = required("privacy", "7");
const named = (code: string, version?: string): OfferedAcceptance => ({ code, version });

const rows: readonly (readonly [when: string, offered: readonly OfferedAcceptance[], missing: readonly string[]])[] = [
  ["nothing is named", [], ["terms", "privacy"]],
  ["one is missing", [named("terms", "2")], ["privacy"]],
  ["both are named", [named("privacy", "7"), named("terms", "2")], []],
  ["a bare code means the present version", [named("privacy"), named("terms")], []],
  ["a version is old", [named("privacy", "6"), named("terms")], ["privacy"]],
  ["a version is empty", [named("privacy", ""), named("terms")], ["privacy"]],
  ["one is named twice", [named("privacy"), named("privacy", "7"), named("terms")], ["privacy"]],
  ["one is spelled otherwise", [named("Privacy"), named("terms")], ["privacy"]],
  ["others are named beside them", [named("privacy"), named("terms"), named("x"), named("x", "1")], []],
];

for (const [when, offered, missing] of rows)
  test(`when ${when}, ${missing.length} of two texts are missing`, () => {
    const refuse = () => refuseUnlessAccepted([terms, privacy], offered);
    if (missing.length === 0) refuse();
    else
      assert.throws(refuse, (error) => {
        assert.ok(Refusal.is(error, "disclaimer-not-accepted"));
        assert.deepEqual(error.details.codes, missing);
        return true;
      });
    const accepted = acceptedAmong([terms, privacy], offered).map(({ code }) => code);
    assert.deepEqual([...accepted, ...missing].toSorted(), ["privacy", "terms"]);
  });

test("when nothing is required, nothing is missing", () => refuseUnlessAccepted([], [named("terms", "1")]));
