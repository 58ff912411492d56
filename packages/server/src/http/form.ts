import { Busboy, type BusboyInstance } from "@fastify/busboy";
import type { JsonObject } from "./strict-json.js";
import { WireRefusal } from "./wire-refusal.js";

/** Stands for the part of a form that is a file: a value that is no text. */
const filePart: JsonObject = {};

/**
 * Reads the fields of an `application/x-www-form-urlencoded` body: every value a text, the last of a repeated field. Throws
 * `body-invalid` for what is not UTF-8, and for a field that is named as a member of every object.
 */
export const parseUrlencoded = (body: Uint8Array): JsonObject => fieldsOf([...new URLSearchParams(decode(body))]);

/**
 * Reads the fields of a `multipart/form-data` body (RFC 7578): texts, and for each file a value that is none; the last of a repeated
 * field. Throws `body-invalid` also for what ends too early. The body is whole and bounded, so nothing is waited for.
 */
export const parseMultipart = (type: string, body: Uint8Array): Promise<JsonObject> =>
  new Promise((resolve, reject) => {
    const fields: (readonly [string, unknown])[] = [];
    // A part without a name is nobody's field.
    const add = (name: string | undefined, value: unknown): void => {
      if (name !== undefined) fields.push([name, value]);
    };
    const parser = openParser(type);
    parser.on("field", add);
    parser.on("file", (name, file) => {
      file.on("error", () => reject(invalid("not a form"))).resume();
      add(name, filePart);
    });
    parser.on("error", () => reject(invalid("not a form")));
    parser.on("finish", () => {
      try {
        resolve(fieldsOf(fields));
      } catch (error) {
        reject(error);
      }
    });
    parser.end(Buffer.from(body));
  });

const decode = (body: Uint8Array): string => new TextDecoder().decode(body);

const openParser = (type: string): BusboyInstance => {
  try {
    return new Busboy({ headers: { "content-type": type } });
  } catch {
    // Its boundary is missing.
    throw invalid("not a form");
  }
};

const fieldsOf = (fields: readonly (readonly [string, unknown])[]): JsonObject => {
  for (const [name, value] of fields) {
    if (name in Object.prototype) throw invalid("reserved key");
    if (`${name}${String(value)}`.includes("\ufffd")) throw invalid("not UTF-8");
  }
  return Object.fromEntries(fields);
};

const invalid = (fault: "not a form" | "not UTF-8" | "reserved key"): WireRefusal =>
  new WireRefusal("body-invalid", { syntax: "form", fault });
