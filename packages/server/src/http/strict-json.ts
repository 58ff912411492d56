import { type BodyFault, WireRefusal } from "./wire-refusal.js";

/** A JSON object as the wire brought it: every value still unknown. */
export type JsonObject = Readonly<Record<string, unknown>>;

const deepest = 32;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON object (RFC 8259) from a body's bytes; an empty body is `{}`. Throws `body-not-object`, or `body-invalid` for what is no JSON and for what two
 * parsers could read differently: duplicate keys, bad UTF-8, lone surrogates, deep nesting, keys that name a member of every object.
 */
export const parseJsonObject = (body: Uint8Array): JsonObject => {
  if (body.length === 0) return {};
  const text = decode(body);
  const value = parse(text);
  if (!isObject(value)) throw new WireRefusal("body-not-object", {});
  refuseAmbiguous(text);
  return value;
};

const decode = (body: Uint8Array): string => {
  try {
    return utf8.decode(body);
  } catch {
    throw invalid("not UTF-8");
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("not JSON");
  }
};

const invalid = (fault: BodyFault): WireRefusal => new WireRefusal("body-invalid", { syntax: "json", fault });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// The text is valid JSON by now, so strings, braces and brackets are all that has to be told apart.
const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
const afterKey = /\s*:/y;

const refuseAmbiguous = (text: string): void => {
  const open: (Set<string> | undefined)[] = [];
  for (const match of text.matchAll(token)) {
    const [found] = match;
    if (found === "{" || found === "[") {
      open.push(found === "{" ? new Set() : undefined);
      if (open.length > deepest) throw invalid("nested too deeply");
    } else if (found === "}" || found === "]") {
      open.pop();
    } else {
      afterKey.lastIndex = match.index + found.length;
      checkString(found, afterKey.test(text) ? open.at(-1) : undefined);
    }
  }
};

const checkString = (quoted: string, keysBefore: Set<string> | undefined): void => {
  const value: unknown = JSON.parse(quoted);
  if (typeof value !== "string" || /\p{Cs}/u.test(value)) throw invalid("lone surrogate");
  if (keysBefore === undefined) return;
  if (keysBefore.has(value)) throw invalid("duplicate key");
  if (value in Object.prototype) throw invalid("reserved key");
  keysBefore.add(value);
};
