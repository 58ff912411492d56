import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type JsonObject, parseJsonObject } from "#http/strict-json.js";
import { WireRefusal } from "#http/wire-refusal.js";

const parse = (text: string): JsonObject => parseJsonObject(new TextEncoder().encode(text));

/** The fault that the bytes are refused with. */
const faultOf = (body: Uint8Array): string | undefined => {
  try {
    parseJsonObject(body);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof WireRefusal);
    if (error.code === "body-not-object") return "not an object";
    assert.ok(error.code === "body-invalid" && "fault" in error.details);
    return error.details.fault;
  }
};

const nested = (depth: number): string => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

const accepted: readonly (readonly [when: string, text: string, value: object])[] = [
  ["nothing", "", {}],
  ["an empty object", "{}", {}],
  ["blanks around it", ' \t\r\n{"a":1} \n', { a: 1 }],
  ["the same key in two objects", '{"a":{"x":1},"b":{"x":2}}', { a: { x: 1 }, b: { x: 2 } }],
  ["a key that is also a value", '{"a":"b","b":"a"}', { a: "b", b: "a" }],
  ["braces and colons in strings", '{"a":"{\\"a\\":1}","b":"[:"}', { a: '{"a":1}', b: "[:" }],
  ["a pair of surrogates", '{"a":"\\ud83d\\ude00"}', { a: "😀" }],
  ["values named like members of every object", '{"a":"__proto__"}', { a: "__proto__" }],
  ["32 levels", nested(32), JSON.parse(nested(32)) as object],
  ["a number beyond doubles", '{"a":1e400}', { a: Number.POSITIVE_INFINITY }],
];

const refused: readonly (readonly [when: string, text: string, fault: string])[] = [
  ["a list", "[]", "not an object"],
  ["a string", '"x"', "not an object"],
  ["a number", "1", "not an object"],
  ["null", "null", "not an object"],
  ["blanks alone", "  ", "not JSON"],
  ["cut short", '{"a":', "not JSON"],
  ["text behind it", "{} x", "not JSON"],
  ["a second object behind it", "{}{}", "not JSON"],
  ["a comma at the end", '{"a":1,}', "not JSON"],
  ["a comment", '{"a":1/**/}', "not JSON"],
  ["single quotes", "{'a':1}", "not JSON"],
  ["NaN", '{"a":NaN}', "not JSON"],
  ["a raw line feed in a string", '{"a":"\n"}', "not JSON"],
  ["NUL behind it", "{}\u0000", "not JSON"],
  ["a byte order mark", "\ufeff{}", "not JSON"],
  ["33 levels", nested(33), "nested too deeply"],
  ["10,000 levels", nested(10_000), "nested too deeply"],
  ["a key twice", '{"a":1,"a":1}', "duplicate key"],
  ["a key twice, once escaped", '{"a":1,"\\u0061":1}', "duplicate key"],
  ["a key twice deep inside", '{"o":[{"a":1,"b":2,"a":3}]}', "duplicate key"],
  ["the empty key twice", '{"":1,"":2}', "duplicate key"],
  ["a key twice with blanks before its colon", '{"a" \n:1,"a"\t:1}', "duplicate key"],
  ["__proto__", '{"__proto__":{"isAdmin":true}}', "reserved key"],
  ["__proto__, escaped", '{"__\\u0070roto__":1}', "reserved key"],
  ["constructor deep inside", '{"a":{"constructor":{"prototype":{}}}}', "reserved key"],
  ["toString", '{"toString":1}', "reserved key"],
  ["half a pair of surrogates", '{"a":"\\ud83d"}', "lone surrogate"],
  ["the other half", '{"a":"\\ude00"}', "lone surrogate"],
  ["half a pair in a key", '{"\\ud83d":1}', "lone surrogate"],
];

const bytes: readonly (readonly [when: string, body: readonly number[]])[] = [
  ["a stray continuation", [0x7b, 0x22, 0x80, 0x22, 0x3a, 0x31, 0x7d]],
  ["an overlong quote", [0x7b, 0xc0, 0xa2, 0x7d]],
  ["a surrogate in UTF-8", [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]],
  ["Latin-1", [...Buffer.from('{"a":"ü"}', "latin1")]],
  ["UTF-16 with a byte order mark", [0xff, 0xfe, ...Buffer.from("{}", "utf16le")]],
];

describe("a body of JSON", () => {
  for (const [when, text, value] of accepted) test(`is read: ${when}`, () => assert.deepEqual(parse(text), value));
  for (const [when, text, fault] of refused) {
    test(`is refused: ${when}`, () => assert.equal(faultOf(new TextEncoder().encode(text)), fault));
  }
  for (const [when, body] of bytes) {
    test(`is refused as not UTF-8: ${when}`, () => assert.equal(faultOf(Uint8Array.from(body)), "not UTF-8"));
  }
  test("is refused in UTF-16 without a byte order mark", () => {
    assert.equal(faultOf(Buffer.from("{}", "utf16le")), "not JSON");
  });
});

const key = fc.string({ unit: "grapheme" }).filter((name) => !(name in Object.prototype));
const object = fc.dictionary(key, fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" }).filter(hasNoReservedKey));

test("every object that JSON can write is read as it was written", () => {
  fc.assert(
    fc.property(object, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      // The second parse: what JSON itself makes of it, without the prototypes that fast-check leaves out.
      const text = JSON.stringify(value, undefined, indent);
      assert.deepEqual(parse(text), JSON.parse(text));
    }),
  );
});

test("every object with a key twice is refused, wherever it stands", () => {
  const twice = fc.tuple(key, fc.jsonValue(), fc.jsonValue(), object, fc.nat({ max: 8 }));
  fc.assert(
    fc.property(twice, ([name, one, other, between, depth]) => {
      delete between[name];
      const inner = Object.entries(between).map(([at, value]) => `${JSON.stringify(at)}:${JSON.stringify(value)}`);
      const quoted = JSON.stringify(name);
      const text = `{${[`${quoted}:${JSON.stringify(one)}`, ...inner, `${quoted} : ${JSON.stringify(other)}`].join(",")}}`;
      const wrapped = `${'{"o":['.repeat(depth)}${text}${"]}".repeat(depth)}`;
      assert.notEqual(faultOf(new TextEncoder().encode(wrapped)), undefined);
    }),
  );
});

test("whatever the bytes, they are read as an object or refused, in little time", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0a ') }).map((text) => Buffer.from(text)),
      ),
      (body) => {
        const startedAt = performance.now();
        if (faultOf(body) === undefined) assert.equal(typeof parseJsonObject(body), "object");
        assert.ok(performance.now() - startedAt < 1000);
      },
    ),
    { numRuns: 2000 },
  );
});

test("64 KB of the worst take little time", () => {
  const worst = [
    `{"a":"${"\\\\".repeat(32_000)}"}`,
    `{${Array.from({ length: 6000 }, (_, at) => `"${at}":0`).join(",")}}`,
    `{"a":[${'"",'.repeat(20_000)}""]}`,
    `{"a"${" ".repeat(65_000)}:1}`,
    `{"a":["${'"\u3000'.repeat(10)}`,
    `{"a":[${`"a"${" ".repeat(3)},`.repeat(9000)}"a"]}`,
    `{"a":["a"${" ".repeat(65_000)}]}`,
  ];
  for (const text of worst) {
    const startedAt = performance.now();
    faultOf(new TextEncoder().encode(text));
    const took = performance.now() - startedAt;
    assert.ok(took < 250, `${text.slice(0, 20)}… took ${took} ms`);
  }
});

function hasNoReservedKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, inner]) => !(name in Object.prototype) && hasNoReservedKey(inner));
}
