import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMultipart, parseUrlencoded } from "#http/form.js";
import { WireRefusal } from "#http/wire-refusal.js";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const fields = (object: object): [string, unknown][] => Object.entries(object);
const isRefused = (fault: string) => (error: unknown) =>
  error instanceof WireRefusal &&
  error.code === "body-invalid" &&
  "fault" in error.details &&
  error.details.fault === fault;

const part = (headers: string, value: string): string => `--b\r\n${headers}\r\n\r\n${value}\r\n`;
const field = (name: string, value: string): string => part(`Content-Disposition: form-data; name="${name}"`, value);

const urlencoded: readonly (readonly [body: string, read: readonly (readonly [string, string])[]])[] = [
  ["", []],
  [
    "a=1&b=%D8%B9+x",
    [
      ["a", "1"],
      ["b", "ع x"],
    ],
  ],
  ["a=1&a=2", [["a", "2"]]],
  [
    "a&b=&=c",
    [
      ["a", ""],
      ["b", ""],
      ["", "c"],
    ],
  ],
  ["a=%zz%", [["a", "%zz%"]]],
  [
    "a[]=1&a[b]=2",
    [
      ["a[]", "1"],
      ["a[b]", "2"],
    ],
  ],
  [`${"&".repeat(60_000)}a=1`, [["a", "1"]]],
];
for (const [body, read] of urlencoded) {
  test(`a form ${JSON.stringify(body.slice(0, 20))} is read`, () => {
    assert.deepEqual(fields(parseUrlencoded(bytes(body))), read);
  });
}

test("a form that is not UTF-8, or has a name that every object has, is refused", () => {
  assert.throws(() => parseUrlencoded(bytes("a=%FF")), isRefused("not UTF-8"));
  assert.throws(() => parseUrlencoded(Buffer.from("a=\xff", "latin1")), isRefused("not UTF-8"));
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"])
    assert.throws(() => parseUrlencoded(bytes(`a=1&${name}=1`)), isRefused("reserved key"), name);
});

const multipart: readonly (readonly [when: string, body: string, read: readonly (readonly [string, unknown])[]])[] = [
  [
    "two fields",
    `${field("a", "1")}${field("b", "ع")}--b--\r\n`,
    [
      ["a", "1"],
      ["b", "ع"],
    ],
  ],
  ["a field twice", `${field("a", "1")}${field("a", "2")}--b--`, [["a", "2"]]],
  ["a name in Persian", `${field("نام", "x")}--b--\r\n`, [["نام", "x"]]],
  ["a preamble and an epilogue", `before\r\n${field("a", "1")}--b--\r\nafter`, [["a", "1"]]],
  ["line ends in a value", `${field("a", "1\r\n2\n3")}--b--\r\n`, [["a", "1\r\n2\n3"]]],
  ["what looks like a boundary", `${field("a", "\r\n--\r\n--c\r\n -b--")}--b--\r\n`, [["a", "\r\n--\r\n--c\r\n -b--"]]],
  ["a name without marks", `${part("content-disposition: form-data; name=a", "1")}--b--\r\n`, [["a", "1"]]],
  ["a part without a name", `${part("Content-Disposition: form-data", "1")}${field("a", "2")}--b--\r\n`, [["a", "2"]]],
  ["a part of another kind", `${part('Content-Disposition: attachment; name="a"', "1")}--b--\r\n`, []],
  ["a file", `${part('Content-Disposition: form-data; name="a"; filename="a"', "1")}--b--\r\n`, [["a", {}]]],
  ["no part", "--b--\r\n", []],
];
for (const [when, body, read] of multipart) {
  test(`multipart of ${when} is read`, async () => {
    assert.deepEqual(fields(await parseMultipart("multipart/form-data; boundary=b", bytes(body))), read);
  });
}

const cut: readonly (readonly [when: string, body: string])[] = [
  ["nothing", ""],
  ["JSON", "{}"],
  ["another boundary", "--c--\r\n"],
  ["a field without an end", field("a", "1")],
  ["a file without an end", '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n1'],
  ["half a header", "--b\r\nContent-Dispo"],
  ["line ends without a carriage return", `${field("a", "1")}--b--\r\n`.replaceAll("\r\n", "\n")],
  ["thousands of boundaries", "--b\r\n".repeat(12_000)],
];
for (const [when, body] of cut) {
  test(`multipart of ${when} is refused, at once`, async () => {
    const startedAt = performance.now();
    await assert.rejects(parseMultipart("multipart/form-data; boundary=b", bytes(body)), isRefused("not a form"));
    assert.ok(performance.now() - startedAt < 500);
  });
}

test("multipart without a boundary is refused", async () => {
  await assert.rejects(parseMultipart("multipart/form-data; charset=utf-8", bytes("--b--")), isRefused("not a form"));
});
