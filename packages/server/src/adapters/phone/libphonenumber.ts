import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { PhoneNumbers } from "#core/ports.js";

/** Numbers by the metadata of Google's libphonenumber, every kind of line. */
export const phoneNumbers: PhoneNumbers = {
  parse: (text) => {
    const number = parsePhoneNumberFromString(text, { extract: false });
    return number?.isValid() === true && number.ext === undefined ? number.number : undefined;
  },
};
