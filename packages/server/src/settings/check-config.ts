import { Errors } from "typebox/schema";
import { Settings as Validation } from "typebox/system";
import { configurationSchema, type WrittenConfiguration } from "./config-schema.js";
import { SettingsRefused } from "./settings-refused.js";

/** Reads the text of a configuration file. Throws `SettingsRefused` with every fault, each by its path in the file. */
export const checkConfiguration = (text: string, file: string): WrittenConfiguration =>
  // The schema has just accepted it.
  checkWritten(configurationSchema, text, file) as WrittenConfiguration;

/** The value of a JSON file that a schema accepts; else throws `SettingsRefused` with every fault. */
export const checkWritten = (schema: object, text: string, file: string): unknown => {
  const value = parse(text, file);
  const repeated = repeatedKey(text);
  if (repeated !== undefined)
    throw new SettingsRefused([`${file}: the key ${JSON.stringify(repeated)} stands twice in one object`]);
  Validation.Set({ maxErrors: 50 });
  const [isRight, errors] = Errors(schema, value);
  if (isRight) return value;
  // An unknown key is reported twice, the second time as the false schema that additional keys have.
  const told = errors.filter((error) => error.keyword !== "boolean").map((error) => `${file}: ${tell(error, schema)}`);
  throw new SettingsRefused(told);
};

const parse = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // The engine's own message may quote the file.
    const at = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const before = at === undefined ? [] : text.slice(0, Number(at)).split("\n");
    const where =
      at === undefined ? "" : ` at line ${String(before.length)}, column ${String((before.at(-1)?.length ?? 0) + 1)}`;
    throw new SettingsRefused([`${file}: is not valid JSON${where}`]);
  }
};

/** A key that stands twice in one object of a valid JSON text, which `JSON.parse` passes over. */
const repeatedKey = (text: string): string | undefined => {
  const open: Set<string>[] = [];
  for (const [found] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}]/g)) {
    if (found === "{") open.push(new Set());
    else if (found === "}") open.pop();
    else if (found.endsWith(":")) {
      const key = String(JSON.parse(found.slice(0, -1)));
      if (open.at(-1)?.has(key) === true) return key;
      open.at(-1)?.add(key);
    }
  }
  return undefined;
};

type Fault = ReturnType<typeof Errors>[1][number];

const tell = (fault: Fault, whole: object): string => {
  const at = readablePath(fault.instancePath);
  const schema = resolvePointer(whole, fault.schemaPath.slice(1));
  switch (fault.keyword) {
    case "additionalProperties":
      return `${at} has the unknown key ${fault.params.additionalProperties.map(quote).join(", ")}; allowed: ${allowedKeys(schema)}`;
    case "required":
      return `${at} lacks ${fault.params.requiredProperties.map(quote).join(", ")}`;
    case "enum":
      return `${at} must be one of ${fault.params.allowedValues.map(quote).join(", ")}`;
    default:
      return `${at} ${fault.message}${described(schema)}`;
  }
};

const quote = (value: unknown): string => JSON.stringify(value);

/** `/mounts/0/prefix` as `mounts[0].prefix`. */
const readablePath = (pointer: string): string =>
  pointer === ""
    ? "the file"
    : pointer
        .slice(1)
        .split("/")
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
        .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");

const resolvePointer = (whole: object, pointer: string): object => {
  let place = whole;
  for (const part of pointer.split("/").filter((name) => name !== "")) {
    const next: unknown = Object.getOwnPropertyDescriptor(place, part)?.value;
    if (typeof next !== "object" || next === null) break;
    place = next;
  }
  return place;
};

const allowedKeys = (schema: object): string =>
  "properties" in schema && typeof schema.properties === "object" && schema.properties !== null
    ? Object.keys(schema.properties).join(", ")
    : "none";

const described = (schema: object): string =>
  "description" in schema && typeof schema.description === "string" ? `. ${schema.description}` : "";
