import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createPhoneNumbers } from "#adapters/phone/libphonenumber.js";

const anywhere = createPhoneNumbers({ countries: [], getSms: true });

describe("telephone numbers", () => {
  const rows: readonly (readonly [what: string, number: string, country: string, canGetSms: boolean])[] = [
    ["an Iranian mobile", "+989121234567", "IR", true],
    ["a Russian mobile", "+79161234567", "RU", true],
    ["a German mobile", "+4915123456789", "DE", true],
    ["a North American number, which may be either", "+12015550123", "US", true],
    ["a Jamaican number, of the same calling code", "+18762101234", "JM", true],
    ["an Iranian fixed line", "+982188888888", "IR", false],
    ["a German fixed line", "+4930123456", "DE", false],
    ["a British premium service", "+449012345678", "GB", false],
    ["an American premium service", "+19002345678", "US", false],
    ["an American toll-free line", "+18002345678", "US", false],
    ["a satellite number", "+881612345678", "881", true],
    ["a shared-cost service of the world", "+979123456789", "979", false],
    ["no number", "+98912", "IR", false],
    ["nothing of the kind", "ada@example.org", "", false],
    ["nothing", "", "", false],
  ];
  for (const [what, number, country, canGetSms] of rows)
    test(`tell of ${what}, ${number}, where it belongs and whether it gets SMS`, () => {
      const told = anywhere.describe(number);
      assert.equal(told.country, country);
      assert.equal(told.range, number.slice(0, -4));
      assert.equal(told.canGetSms, canGetSms);
    });

  test("get SMS in the countries that the operator names, and in no other", () => {
    const some = createPhoneNumbers({ countries: ["IR", "881"], getSms: true });
    const gets = (number: string): boolean => some.describe(number).canGetSms;
    assert.deepEqual(["+989121234567", "+881612345678", "+4915123456789"].map(gets), [true, true, false]);
  });

  test("get none where none are sent", () => {
    assert.equal(createPhoneNumbers({ countries: [], getSms: false }).describe("+989121234567").canGetSms, false);
  });
});
