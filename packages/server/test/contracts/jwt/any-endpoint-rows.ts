import type { OutgoingHttpHeaders } from "node:http";
import { gzipSync } from "node:zlib";
import { specEndpoints, specRows } from "../../specs/jwt-page.js";
import { type Row, rowsFor } from "./row.js";
import type { Sent } from "./stage.js";

/** A body's bytes that are JSON, of exactly this length. */
const jsonOf = (length: number): string => `{"x":"${"x".repeat(length - 8)}"}`;
const limit = 64 * 1024;
const json = { "content-type": "application/json" };
const chunked = { "transfer-encoding": "chunked" };

const lost: Readonly<Record<string, (path: string) => string>> = {
  "a slash stands behind the path": (path) => `${path}/`,
  "two slashes stand before it": (path) => `/${path}`,
  "it is in capitals": (path) => path.toUpperCase(),
  "a letter of it is encoded": (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  "an encoded slash stands before it": (path) => path.replace("/", "/%2f"),
  "something stands behind it": (path) => `${path}x`,
  "a parameter stands behind it": (path) => `${path};x=1`,
  "a dot stands behind it": (path) => `${path}.`,
  "a NUL stands behind it": (path) => `${path}%00`,
  "it is not rightly encoded": (path) => `${path}%zz`,
  "another path follows": (path) => `${path}/more`,
};

const types: Readonly<Record<string, OutgoingHttpHeaders>> = {
  "it has no type": {},
  "its type is text": { "content-type": "text/plain" },
  "its type is a form": { "content-type": "application/x-www-form-urlencoded" },
  "its type is multipart": { "content-type": "multipart/form-data; boundary=x" },
  "its type is JSON in another charset": { "content-type": "application/json; charset=utf-16" },
  "its type is JSON in UTF-7": { "content-type": "application/json; charset=utf-7" },
  "its type only begins as JSON": { "content-type": "application/json-patch+json" },
  "its type is JSON and text": { "content-type": "application/json, text/plain" },
  "its type stands twice, once as text": { "content-type": ["application/json", "text/plain"] },
  "its type stands twice, the same": { "content-type": ["application/json", "application/json"] },
  "its type is no type": { "content-type": "json" },
  "its type is garbage": { "content-type": 'a/b; ;;="' },
  "its type has a NUL's place": { "content-type": "application/json\u00a0" },
};

const bodies: Readonly<Record<string, string | Uint8Array>> = {
  "it is a list": "[]",
  "it is a string": '"x"',
  "it is a number": "1",
  "it is null": "null",
  "it is true": "true",
  "it is of blanks": "  ",
  "it is cut short": '{"email":"a',
  "it is a form": "email=ada%40example.org",
  "text stands behind it": "{} x",
  "a second object stands behind it": "{}{}",
  "a byte order mark stands before it": "\ufeff{}",
  "it is in UTF-16": Buffer.from("\ufeff{}", "utf16le"),
  "it is not UTF-8": Buffer.from('{"email":"\xfc"}', "latin1"),
  "it has a surrogate in UTF-8": Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  "it has half a surrogate pair": '{"email":"\\ud83d"}',
  "a key stands twice": '{"email":"a@example.org","email":"b@example.org"}',
  "a key stands twice, once escaped": '{"email":"a@example.org","\\u0065mail":"b@example.org"}',
  "a key stands twice deep inside": '{"x":[{"a":1,"a":2}]}',
  "it has __proto__": '{"__proto__":{"admin":true}}',
  "it has constructor": '{"constructor":{"prototype":{"admin":true}}}',
  "it has toString deep inside": '{"x":{"toString":1}}',
  "it is 33 levels deep": `{"x":${"[".repeat(32)}${"]".repeat(32)}}`,
  "it is 10,000 levels deep": `{"x":${"[".repeat(9999)}${"]".repeat(9999)}}`,
  "it is cut short after 10,000 levels": "[".repeat(10_000),
  "it is compressed": gzipSync("{}"),
  "it is a NUL": "\u0000",
};

const overrides = [{}, { "x-http-method-override": "GET" }, { "x-http-method-override": "POST" }] as const;

/** The rows for `any`, at every endpoint that the page does not except, but for those that need a fault or a limit. */
export const anyEndpointRows: readonly Row[] = specEndpoints.flatMap(({ name, method, path }) => {
  const isReached = (status: number, message: string): boolean =>
    specRows.some((row) => row.endpoint === name && row.status === status && row.message === message);
  const sending = (over: Partial<Sent>): Sent => ({ path, method, ...over });
  const rowsWhere = (
    status: number,
    message: string,
    cases: Readonly<Record<string, Sent>>,
    over: Parameters<ReturnType<typeof rowsFor>>[1] = {},
  ) => (isReached(status, message) ? rowsFor(name, status, message)(cases, over) : []);
  const each = <T>(cases: Readonly<Record<string, T>>, makeOver: (value: T) => Partial<Sent>): Record<string, Sent> =>
    Object.fromEntries(Object.entries(cases).map(([when, value]) => [when, sending(makeOver(value))]));

  const allow = method === "GET" ? "GET, HEAD" : method;
  const wrong = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"].filter(
    (other) => !allow.includes(other),
  );
  return [
    ...rowsWhere(404, "Not found", {
      ...each(lost, (change) => ({ path: change(path) })),
      "the path is another, whatever the method": { path: `${path}x`, method: "DELETE" },
      "the path is another, and a browser asks first": {
        path: `${path}x`,
        method: "OPTIONS",
        headers: { origin: "https://app.example.org", "access-control-request-method": method },
      },
      "the path is another, and the body too large": {
        path: `${path}x`,
        method: "POST",
        headers: json,
        body: jsonOf(limit + 1),
      },
    }),
    ...rowsWhere(
      405,
      "Method not allowed",
      Object.fromEntries(
        wrong.flatMap((other) =>
          overrides.map((headers) => [
            `the method is ${other}${"x-http-method-override" in headers ? `, overridden by ${headers["x-http-method-override"]}` : ""}`,
            sending({ method: other, headers }),
          ]),
        ),
      ),
      { headers: { allow } },
    ),
    ...rowsWhere(413, "Request body is too large", {
      "the body has a byte more than 64 KiB": sending({ headers: json, body: jsonOf(limit + 1) }),
      "the body has a byte more, in pieces of unknown number": sending({
        headers: { ...json, ...chunked },
        body: jsonOf(limit + 1),
      }),
      "the body has a megabyte": sending({ headers: json, body: jsonOf(1_000_000) }),
      "the body is too large and of another type": sending({
        headers: { "content-type": "text/plain" },
        body: jsonOf(limit + 1),
      }),
    }),
    ...rowsWhere(
      415,
      "Content-Type must be application/json",
      each(types, (headers) => ({ headers, body: "{}" })),
    ),
    ...rowsWhere(
      400,
      "Request body is not valid JSON",
      each(bodies, (body) => ({ headers: json, body })),
    ),
  ];
});
