import type { OutgoingHttpHeaders } from "node:http";
import { gzipSync } from "node:zlib";

/** A body's bytes that are JSON, of exactly this length. */
export const jsonOf = (length: number): string => `{"x":"${"x".repeat(length - 8)}"}`;

/** The largest body that any contract reads. */
export const bodyLimit = 64 * 1024;

/** Spellings of a path under which it is not there. */
export const lostPaths: Readonly<Record<string, (path: string) => string>> = {
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

/** Media types that no contract reads. */
export const strangeTypes: Readonly<Record<string, OutgoingHttpHeaders>> = {
  "it has no type": {},
  "its type is text": { "content-type": "text/plain" },
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

/** JSON that is no object. */
export const notObjects: Readonly<Record<string, string>> = {
  "it is a list": "[]",
  "it is a string": '"x"',
  "it is a number": "1",
  "it is null": "null",
  "it is true": "true",
};

/** What is no JSON, or JSON that two parsers could read differently. */
export const notJson: Readonly<Record<string, string | Uint8Array>> = {
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

/** Methods of which each endpoint has one or a few. */
export const allMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"] as const;

/** Headers that ask for another method, which nobody hears. */
export const methodOverrides = [{}, { "x-http-method-override": "GET" }, { "x-http-method-override": "POST" }] as const;
