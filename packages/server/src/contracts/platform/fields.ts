import { findLanguage } from "#core/language.js";
import { codePointLength } from "#core/passwords/password-policy.js";
import { InvalidFields } from "#http/invalid-fields.js";
import { fieldMessages, type Text } from "./messages.js";
import type { PlatformRequest } from "./platform-request.js";

/** Reads one field's value as the wire brought it, `undefined` when it is absent. */
export type Field<Value> = (sent: unknown) => Checked<Value>;
export type Checked<Value> = { readonly value: Value } | { readonly failure: Text };
export type Fields = Readonly<Record<string, Field<unknown>>>;
export type ValuesOf<Shape extends Fields> = {
  readonly [Name in keyof Shape]: Shape[Name] extends Field<infer Value> ? Value : never;
};

/** What rules that look at several fields find, by field. */
export type Findings = Readonly<Record<string, readonly Text[]>>;

/**
 * Every field's value, or `InvalidFields` with the items of all that fail, in the order of `fields`. `alsoCheck` sees the values of those
 * that passed alone; what it finds stands where the field does.
 */
export const readFields = async <Shape extends Fields>(
  { body, language }: Pick<PlatformRequest, "body" | "language">,
  fields: Shape,
  alsoCheck: (passed: Partial<ValuesOf<Shape>>) => Findings | Promise<Findings> = () => ({}),
): Promise<ValuesOf<Shape>> => {
  const passed: Record<string, unknown> = {};
  const failed: Record<string, readonly Text[]> = {};
  for (const [name, field] of Object.entries(fields)) {
    const checked = field(Object.hasOwn(body, name) ? body[name] : undefined);
    if ("failure" in checked) failed[name] = [checked.failure];
    else passed[name] = checked.value;
  }
  // Each value was read by the field of its name.
  const found = await alsoCheck(passed as Partial<ValuesOf<Shape>>);
  const items = Object.keys(fields).flatMap((field) =>
    (failed[field] ?? found[field] ?? []).map((text) => ({ field, message: text[language] })),
  );
  if (items.length > 0) throw new InvalidFields(items);
  // As above, and none is missing: each that failed has given an item.
  return passed as ValuesOf<Shape>;
};

/** A text that has to be there; what `read` makes of it, else the text that says what is wrong. Blanks around it are dropped. */
export const text =
  <Value = string>(maximum: number, read: (sent: string) => Checked<Value>): Field<Value> =>
  (sent) => {
    const written = writtenText(sent);
    return "failure" in written ? written : readShort(maximum, written.value.trim(), read);
  };

/** What `text` takes as it is. */
export const asSent = (value: string): Checked<string> => ({ value });

/** A text that somebody else will read: no control characters, which also forge lines and directions. */
export const plainText = (maximum: number): Field<string> =>
  text(maximum, (value) => (isPlain(value) ? { value } : { failure: fieldMessages.notACharacter }));

/** A password, as it was sent. */
export const password: Field<string> = (sent) => {
  const written = writtenText(sent);
  return "failure" in written ? written : readShort(1000, written.value, asSent);
};

/** A code of digits, or what was sent for one: how many digits there must be is judged with the code itself. */
export const code: Field<string> = text(64, asSent);

/** Who signs in: which kind of identifier it is, is judged where it is looked for. */
export const loginId: Field<string> = text(254, asSent);

/** One of the values named. */
export const choice = <const Value extends string>(values: readonly Value[]): Field<Value> =>
  text(100, (sent) => {
    const value = values.find((one) => one === sent);
    return value === undefined ? { failure: fieldMessages.notAChoice } : { value };
  });

export const boolean: Field<boolean> = (sent) => {
  if (sent === undefined || sent === null) return { failure: fieldMessages.required };
  return typeof sent === "boolean" ? { value: sent } : { failure: fieldMessages.notBoolean };
};

/** A language in which this server speaks. */
export const languageTag: Field<string> = text(35, (sent) => {
  const value = findLanguage(sent);
  return value === undefined ? { failure: fieldMessages.notAChoice } : { value };
});

/** A day of the calendar, `YYYY-MM-DD`. */
export const date: Field<string> = text(10, (sent) =>
  isDate(sent) ? { value: sent } : { failure: fieldMessages.notADate },
);

/** A JSON object, its members unread. */
export const object: Field<Readonly<Record<string, unknown>>> = (sent) => {
  if (sent === undefined || sent === null) return { failure: fieldMessages.required };
  return isObject(sent) ? { value: sent } : { failure: fieldMessages.notObject };
};

/** A list of at most so many items; what is wrong with one is told of the list. */
export const listOf =
  <Value>(maximum: number, item: Field<Value>): Field<readonly Value[]> =>
  (sent) => {
    if (sent === undefined || sent === null) return { failure: fieldMessages.required };
    if (!Array.isArray(sent)) return { failure: fieldMessages.notList };
    if (sent.length > maximum) return { failure: fieldMessages.tooMany(maximum) };
    const values: Value[] = [];
    for (const one of sent) {
      const checked = item(one);
      if ("failure" in checked) return checked;
      values.push(checked.value);
    }
    return { value: values };
  };

/** A field that may be absent, or null for it. */
export const optional =
  <Value>(field: Field<Value>): Field<Value | undefined> =>
  (sent) =>
    sent === undefined || sent === null ? { value: undefined } : field(sent);

/** A field that `null` and blanks clear. */
export const clearable =
  <Value>(field: Field<Value>): Field<Value | null | undefined> =>
  (sent) => {
    if (sent === undefined) return { value: undefined };
    return sent === null || (typeof sent === "string" && sent.trim() === "") ? { value: null } : field(sent);
  };

const writtenText = (sent: unknown): Checked<string> => {
  if (sent === undefined || sent === null) return { failure: fieldMessages.required };
  if (typeof sent !== "string") return { failure: fieldMessages.notText };
  return sent.trim() === "" ? { failure: fieldMessages.blank } : { value: sent };
};

const readShort = <Value>(maximum: number, value: string, read: (sent: string) => Checked<Value>): Checked<Value> =>
  value.length > maximum && codePointLength(value) > maximum
    ? { failure: fieldMessages.tooLong(maximum) }
    : read(value);

const isPlain = (value: string): boolean =>
  !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u.test(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isDate = (sent: string): boolean => {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(sent) || sent.startsWith("0000")) return false;
  const at = Date.parse(`${sent}T00:00:00Z`);
  // A day that its month does not have is read as one of the next.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(sent);
};
