import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLoginName } from "#core/identities/login-name.js";

for (const name of ["ada", "Ada.Lovelace", "۱۲a", "9lives", "آدا"])
  test(`${name} is a login name`, () => assert.ok(parseLoginName(name) !== undefined));

// Each could be read as somebody's address or number, also in digits of other scripts and widths.
for (const name of [
  "",
  " ",
  "ada@example.org",
  "@ada",
  "+989121234567",
  "0912 123 45 67",
  "(0912)123-4567",
  "۰۹۱۲۱۲۳۴۵۶۷",
  "０９１２",
])
  test(`${JSON.stringify(name)} is none`, () => assert.equal(parseLoginName(name), undefined));
