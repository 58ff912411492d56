import assert from "node:assert/strict";
import { test } from "node:test";
import { maskAddress } from "#core/identities/mask-address.js";

for (const [kind, normalizedValue, masked] of [
  ["phone", "+989121234567", "+98********67"],
  ["phone", "+15550100", "+15****00"],
  ["email", "ada@example.org", "a***@example.org"],
  ["email", "a@example.org", "a***@example.org"],
  ["email", "a.very.long.name+tag@xn--e1afmkfd.xn--p1ai", "a***@xn--e1afmkfd.xn--p1ai"],
] as const)
  test(`${normalizedValue} is shown as ${masked}`, () => {
    assert.equal(maskAddress({ kind, normalizedValue }), masked);
  });
