import { type NumberType, type PhoneNumber as ParsedNumber, parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { PhoneNumber, PhoneNumbers } from "#core/identities/phone-numbers.js";

export interface PhoneNumbersNeeds {
  /** Where SMS are sent to; none named: everywhere. */
  readonly countries: readonly string[];
  /** Whether numbers get SMS at all. */
  readonly getSms: boolean;
}

/** Numbers by the metadata of Google's libphonenumber, every kind of line. */
export const createPhoneNumbers = ({ countries, getSms }: PhoneNumbersNeeds): PhoneNumbers => ({
  parse: (text) => {
    const number = parsePhoneNumberFromString(text, { extract: false });
    return number?.isValid() === true && number.ext === undefined ? number.number : undefined;
  },
  describe: (text) => {
    const number = parsePhoneNumberFromString(text, { extract: false });
    const country = number === undefined ? "" : (number.country ?? number.countryCallingCode);
    return {
      country,
      range: text.slice(0, -lastDigits),
      canGetSms:
        getSms && number !== undefined && isReached(number) && (countries.length === 0 || countries.includes(country)),
    } satisfies PhoneNumber;
  },
});

/** A range of 10,000 numbers: what one carrier hands to another, or to a fraudster. */
const lastDigits = 4;

/** Of many numbers it is not known whether they are mobile (in North America of none): those are. VoIP proves no device (NIST SP 800-63B-4). */
const isReached = (number: ParsedNumber): boolean => {
  const kind = number.getType();
  return number.isValid() && kind !== undefined && reached.has(kind);
};

const reached: ReadonlySet<NonNullable<NumberType>> = new Set(["MOBILE", "FIXED_LINE_OR_MOBILE", "PERSONAL_NUMBER"]);
