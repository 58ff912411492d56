import { isFullname } from "#core/accounts/fullname.js";
import { codePointLength } from "#core/passwords/password-policy.js";
import { InvalidFields } from "#http/invalid-fields.js";
import type { AccountRequest } from "./account-request.js";
import { messages, type Text } from "./messages.js";

/** Reads one field's value as the wire brought it, `undefined` when it is absent. */
export type Field<Value> = (sent: unknown) => Checked<Value>;
type Checked<Value> = { readonly value: Value } | { readonly failure: Text };
type Fields = Readonly<Record<string, Field<unknown>>>;
type ValuesOf<Shape extends Fields> = {
  readonly [Name in keyof Shape]: Shape[Name] extends Field<infer Value> ? Value : never;
};

/** What rules that look at several fields find, by field. */
export type Findings = Readonly<Record<string, readonly Text[]>>;

/**
 * Every field's value, or `InvalidFields` with the items of all that fail, in the order of `fields`, which is the request's. `alsoCheck`
 * sees the values of those that passed alone; what it finds stands where the field does.
 */
export const readFields = async <Shape extends Fields>(
  { body, voice }: Pick<AccountRequest, "body" | "voice">,
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
    (failed[field] ?? found[field] ?? []).map((text) => ({ field, message: text[voice] })),
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

/** A password, as it was sent. */
export const password: Field<string> = (sent) => {
  const written = writtenText(sent);
  return "failure" in written ? written : readShort(1000, written.value, asSent);
};

/** A field that may be absent. */
export const optional =
  <Value>(field: Field<Value>): Field<Value | undefined> =>
  (sent) =>
    sent === undefined ? { value: undefined } : field(sent);

/** A field that `null` and blanks clear. */
export const clearable =
  <Value>(field: Field<Value>): Field<Value | null | undefined> =>
  (sent) => {
    if (sent === undefined) return { value: undefined };
    return sent === null || asText(sent)?.trim() === "" ? { value: null } : field(sent);
  };

/** A field of which its endpoint says one thing, whatever is wrong. */
export const saying =
  <Value>(failure: Text, field: Field<Value>): Field<Value> =>
  (sent) => {
    const checked = field(sent);
    return "failure" in checked ? { failure } : checked;
  };

/** What `text` takes as it is. */
export const asSent = (value: string): Checked<string> => ({ value });

/** An e-mail address that is only looked for: its form is checked where it is registered. */
export const knownEmail: Field<string> = text(254, asSent);

/** The name that somebody goes by. */
export const fullname: Field<string> = text(150, (value) =>
  isFullname(value) ? { value } : { failure: messages.notAString },
);

/** The digits of a code; how many there must be is judged with the code itself. */
export const code: Field<string> = (sent) => {
  if (typeof sent === "number") return { failure: messages.notAString };
  return text(Number.POSITIVE_INFINITY, (value) =>
    /^[0-9]+$/.test(value) ? { value } : { failure: messages.codeNotNumeric },
  )(sent);
};

/** A text, or a number that was sent for one; nothing else is a text. */
export const asText = (sent: unknown): string | undefined => {
  if (typeof sent === "string") return sent;
  // A number that was not kept digit for digit is another text than its sender wrote.
  return typeof sent === "number" && Math.abs(sent) <= Number.MAX_SAFE_INTEGER ? String(sent) : undefined;
};

const writtenText = (sent: unknown): Checked<string> => {
  if (sent === undefined) return { failure: messages.required };
  if (sent === null) return { failure: messages.mayNotBeNull };
  const value = asText(sent);
  if (value === undefined) return { failure: messages.notAString };
  return value.trim() === "" ? { failure: messages.mayNotBeBlank } : { value };
};

const readShort = <Value>(maximum: number, value: string, read: (sent: string) => Checked<Value>): Checked<Value> =>
  value.length > maximum && codePointLength(value) > maximum ? { failure: messages.tooLong(maximum) } : read(value);
