import type { ProfileChange } from "#core/accounts/profile-store.js";
import { clearable, date, type Field, object, plainText, type ValuesOf } from "./fields.js";
import { fieldMessages } from "./messages.js";

/** Bytes of `custom` as JSON text. */
const customAtMost = 8_192;

const custom: Field<string> = (sent) => {
  const checked = object(sent);
  if ("failure" in checked) return checked;
  const text = JSON.stringify(checked.value);
  return new TextEncoder().encode(text).length > customAtMost ? { failure: fieldMessages.tooLarge } : { value: text };
};

/** What a user says of himself, by the names of the contract; `null` clears. */
export const profileFields = {
  first_name: clearable(plainText(150)),
  last_name: clearable(plainText(150)),
  birth_date: clearable(date),
  gender: clearable(plainText(50)),
  custom: clearable(custom),
};

/** Of those that were sent, what is to be written. */
export const profileChangeOf = (sent: ValuesOf<typeof profileFields>): ProfileChange =>
  Object.fromEntries(
    Object.entries({
      firstName: sent.first_name,
      lastName: sent.last_name,
      birthDate: sent.birth_date,
      gender: sent.gender,
      custom: sent.custom,
    }).filter(([, value]) => value !== undefined),
  );
