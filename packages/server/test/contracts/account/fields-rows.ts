import { keyOf, specEndpoints, specRows } from "../../specs/account-page.js";
import type { Sent } from "../stage.js";
import { draftFor, fieldsFor, jsonFor } from "./drafts.js";
import { fieldRows, type Row } from "./row.js";

const limits: Readonly<Record<string, number>> = {
  email: 254,
  fullname: 150,
  password: 1000,
  language: 35,
  guest_secret: 255,
};

const blanks: Readonly<Record<string, string>> = {
  "it is empty": "",
  "it is a blank": " ",
  "it is of all kinds of blanks": " \t\r\n\u00a0\u2003\u3000",
};

const notStrings: Readonly<Record<string, unknown>> = {
  "it is true": true,
  "it is false": false,
  "it is an object": {},
  "it is an object that could be a text": { trim: "x", length: 1 },
  "it is a list": [],
  "it is a list of one text": ["ada@example.org"],
  "it is a list of 10,000": Array.from({ length: 10_000 }, () => "1"),
  "it is a number that is not kept": Number.MAX_SAFE_INTEGER + 1,
};

const multipart = (fields: Readonly<Record<string, unknown>>, file: string): Pick<Sent, "headers" | "body"> => ({
  headers: { "content-type": "multipart/form-data; boundary=cut" },
  body: [
    ...Object.entries(fields)
      .filter(([name]) => name !== file)
      .map(([name, value]) => `--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`),
    `--cut\r\nContent-Disposition: form-data; name="${file}"; filename="${file}.txt"\r\nContent-Type: text/plain\r\n\r\nx\r\n--cut--\r\n`,
  ].join(""),
});

/** The rows for any with a body, at every field of every endpoint that the page does not except. */
export const fieldsRows: readonly Row[] = specEndpoints.flatMap(({ name, fields, methods }) =>
  fields.flatMap((field) => {
    const rowsWhere = (message: string, cases: Readonly<Record<string, Row["send"]>>, fill?: string): readonly Row[] =>
      specRows.some((row) => keyOf(row) === keyOf({ endpoint: name, status: 400, field, message }))
        ? fieldRows(name, field, message)(cases, fill === undefined ? {} : { fill })
        : [];
    // What may be absent in a change of some fields has to be there when all are put.
    const method = methods.includes("PUT") && field === "fullname" ? { method: "PUT" } : {};
    const sending =
      (value: unknown): Row["send"] =>
      async (stage) => ({ ...(await jsonFor(stage, name, { [field]: value })), ...method });
    const sendingEach = (cases: Readonly<Record<string, unknown>>): Record<string, Row["send"]> =>
      Object.fromEntries(Object.entries(cases).map(([when, value]) => [when, sending(value)]));
    const limit = limits[field] ?? 0;
    const long = field === "email" ? `${"a".repeat(limit - 11)}@example.org` : "x".repeat(limit + 1);
    return [
      ...rowsWhere("This field is required.", { [`${field} is absent`]: sending(undefined) }),
      ...rowsWhere("This field may not be null.", { [`${field} is null`]: sending(null) }),
      ...rowsWhere("This field may not be blank.", sendingEach(of(field, blanks))),
      ...rowsWhere("Not a valid string.", {
        ...sendingEach(of(field, notStrings)),
        ...(field === "code" ? sendingEach({ "code is a number": 123_456 }) : {}),
        [`${field} is a file`]: async (stage) => {
          const draft = await draftFor(stage, name);
          const { headers, body } = multipart(fieldsFor(name), field);
          return {
            ...draft,
            ...method,
            headers: { ...draft.headers, ...headers },
            ...(body === undefined ? {} : { body }),
          };
        },
      }),
      ...rowsWhere(
        "Ensure this field has no more than N characters.",
        {
          [`${field} has a character more than ${limit}`]: sending(long),
          [`${field} has a character more, each of two units`]: sending("\u{1f600}".repeat(limit + 1)),
          [`${field} has 10,000 characters`]: sending("x".repeat(10_000)),
        },
        String(limit),
      ),
    ];
  }),
);

function of<T>(field: string, cases: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(cases).map(([when, value]) => [when.replace(/^it/, field), value]));
}
