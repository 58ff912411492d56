import { namesOf, openPage, type TableRow } from "./page.js";

/** The lines of the endpoint table that have one path. */
export interface SpecEndpoint {
  /** As its file and its limit are called: `/forgot/verify/` is `forgot-verify`. */
  readonly name: string;
  readonly methods: readonly string[];
  readonly path: string;
  /** Of its body, in the order of the request. */
  readonly fields: readonly string[];
  readonly needsKey: boolean;
}

/** An answer that the error tables promise at one endpoint. */
export interface SpecRow {
  readonly endpoint: string;
  readonly status: number;
  /** Of a row that is told as an item of its own. */
  readonly field: string | undefined;
  /** As on the page, `N` and the like in their places. */
  readonly message: string;
}

/** A row of the error tables as it stands. */
export interface ErrorRow {
  /** `any` and the like, where the page says so. */
  readonly group: string | undefined;
  readonly endpoints: readonly string[];
  readonly status: number;
  readonly code: string;
  /** `each`: every field of the endpoint. */
  readonly field: string | undefined;
  readonly message: string;
  readonly headers: readonly string[];
}

const { tableWith } = openPage("specs/account.md");

const endpointLines: readonly Omit<SpecEndpoint, "name">[] = tableWith("Endpoint", "Request", "Success").rows.map(
  (row) => {
    const endpoint = (row["Endpoint"] ?? "").replaceAll("`", "");
    const [, methods = "", path = ""] = /^([A-Z/]+) (\/[^?\s]*)/.exec(endpoint) ?? [];
    const request = row["Request"] ?? "";
    return {
      methods: methods.split("/"),
      path,
      fields: [...new Set([...request.matchAll(/`([a-z_]+)`/g)].map(([, name = ""]) => name))],
      needsKey: request.startsWith("Token"),
    };
  },
);

/** Every method of every path, in the order of the page. */
export const specRoutes = endpointLines.flatMap(({ methods, path }) =>
  methods.map((method) => ({ name: nameOf(path), method, path })),
);

/** The endpoints of the page, in its order. */
export const specEndpoints: readonly SpecEndpoint[] = [...new Set(endpointLines.map(({ path }) => path))].map(
  (path) => {
    const lines = endpointLines.filter((line) => line.path === path);
    return {
      name: nameOf(path),
      path,
      methods: lines.flatMap(({ methods }) => methods),
      fields: lines.flatMap(({ fields }) => fields),
      needsKey: lines.every(({ needsKey }) => needsKey),
    };
  },
);

/** The endpoint of that name. */
export const specEndpoint = (name: string): SpecEndpoint => {
  const found = specEndpoints.find((endpoint) => endpoint.name === name);
  if (found === undefined) throw new Error(`specs/account.md has no endpoint ${name}`);
  return found;
};

const all = specEndpoints.map(({ name }) => name);
const groups: Readonly<Record<string, readonly string[]>> = {
  any: all,
  "any with a body": specEndpoints.filter(({ fields }) => fields.length > 0).map(({ name }) => name),
  "any with Token": specEndpoints.filter(({ needsKey }) => needsKey).map(({ name }) => name),
  "any but mobile/login": all.filter((name) => name !== "mobile-login"),
};

/** The rows of the envelope's table that stand for every endpoint; those that leave their words to the other tables aside. */
const envelopeRows: readonly ErrorRow[] = tableWith("HTTP", "`code`", "`message`", "`errors`").rows.flatMap((row) => {
  const code = (row["`code`"] ?? "").replaceAll("`", "");
  const message = texts(row["`message`"])[0] ?? "";
  if (["400 validation_error", "401", "403"].some((left) => `${row["HTTP"]} ${code}`.startsWith(left))) return [];
  const headers = [...(row["`errors`"] ?? "").matchAll(/header `([A-Za-z-]+)/g)].map(([, name = ""]) => name);
  return [{ group: "any", endpoints: all, status: Number(row["HTTP"]), code, field: undefined, message, headers }];
});

/** The rows of the table by endpoint, one for each message; a row that names none belongs to the endpoint above it. */
const endpointRows: readonly ErrorRow[] = tableWith("Endpoint", "Message", "Field", "When").rows.flatMap(
  (row, at, rows) => {
    const named = rows.slice(0, at + 1).findLast((other) => other["Endpoint"] !== "");
    return rowsOf(row, named?.["Endpoint"]);
  },
);

/** What the page says outside its tables, as rows. */
const besideRows: readonly ErrorRow[] = tableWith("Endpoint", "Status", "Field", "Message", "When").rows.map((row) => {
  const [, status = "", code = "validation_error"] = /^(\d+)(?: `(\w+)`)?$/.exec(row["Status"] ?? "") ?? [];
  return {
    group: groupOf(row["Endpoint"]),
    endpoints: endpointsOf(row["Endpoint"]),
    status: Number(status),
    code,
    field: fieldsOf(row["Field"])[0],
    message: texts(row["Message"])[0] ?? "",
    headers: headersOf(Number(status)),
  };
});

/** All rows of the error tables. */
export const specErrors: readonly ErrorRow[] = [...envelopeRows, ...besideRows, ...endpointRows];

/** What an endpoint is never told, by the table that says why. */
const exceptions: readonly Omit<SpecRow, "status">[] = tableWith(
  "Endpoint",
  "Field",
  "Message",
  "Why it is never told there",
).rows.flatMap((row) =>
  endpointsOf(row["Endpoint"]).flatMap((endpoint) =>
    (fieldsOf(row["Field"]).length === 0 ? [undefined] : fieldsOf(row["Field"])).map((field) => ({
      endpoint,
      field,
      message: texts(row["Message"])[0] ?? "",
    })),
  ),
);

const promised: readonly SpecRow[] = specErrors.flatMap(({ endpoints, status, field, message }) =>
  endpoints.flatMap((endpoint) =>
    (field === "each" ? specEndpoint(endpoint).fields : [field]).map((each) => ({
      endpoint,
      status,
      field: each,
      message,
    })),
  ),
);

const isSame = (one: Omit<SpecRow, "status">, other: Omit<SpecRow, "status">): boolean =>
  one.endpoint === other.endpoint && one.field === other.field && one.message === other.message;

/** Every answer the error tables promise, at each endpoint, each once. */
export const specRows: readonly SpecRow[] = promised
  .filter((row) => !exceptions.some((exception) => isSame(exception, row)))
  .filter((row, at, rows) => rows.findIndex((other) => keyOf(other) === keyOf(row)) === at);

/** Exceptions that except nothing: a mistake of the page. */
export const idleExceptions = exceptions.filter((exception) => !promised.some((row) => isSame(exception, row)));

/** What this server adds to rows of the error tables. */
export const specAdditions: readonly Pick<ErrorRow, "endpoints" | "field" | "message">[] = tableWith(
  "Endpoint",
  "Field",
  "Message",
  "Also when",
).rows.map((row) => ({
  endpoints: endpointsOf(row["Endpoint"]),
  field: row["Field"] === "each" ? "each" : fieldsOf(row["Field"])[0],
  message: texts(row["Message"])[0] ?? "",
}));

/** Every text of the contract with its Persian. */
export const specTexts: readonly { readonly en: string; readonly fa: string }[] = tableWith(
  "English",
  "Persian",
).rows.map((row) => ({ en: texts(row["English"])[0] ?? "", fa: texts(row["Persian"])[0] ?? "" }));

/** The place in a message that each answer fills. */
const place = /<what>|text\/plain|\bGET\b|\bxx\b|\bN\b/;

/** A message of the page with its place filled. */
export const filled = (message: string, fill: string | undefined): string =>
  fill === undefined ? message : message.replace(place, () => fill);

/** What an answer's message has in the place of the page's; `undefined` when it is another message, or has no place. */
export const placeIn = (message: string, said: string): string | undefined => {
  const [before = "", after] = message.split(place);
  if (after === undefined || !said.startsWith(before) || !said.endsWith(after)) return undefined;
  return said.slice(before.length, said.length - after.length) || undefined;
};

/** Whether an answer's message is the page's, its place filled. */
export const isFilled = (message: string, said: string): boolean => filled(message, placeIn(message, said)) === said;

/** The Persian of a message of the page, which may be Persian itself. */
export const inPersian = (message: string): string => specTexts.find(({ en }) => en === message)?.fa ?? message;

/** One text for one answer at one endpoint. */
export function keyOf({ endpoint, status, field, message }: SpecRow): string {
  return `${endpoint} ${status} ${field ?? "-"} ${message}`;
}

function nameOf(path: string): string {
  return path.replace(/^\/|\/$/g, "").replaceAll("/", "-");
}

function endpointsOf(cell = ""): readonly string[] {
  return groups[cell] ?? namesOf(cell).map((name) => name.replaceAll("/", "-"));
}

function groupOf(cell = ""): string | undefined {
  return cell in groups ? cell : undefined;
}

/** The texts in code marks; `… fullname.` is the first with another end. A whole cell may have lost its marks. */
function texts(cell = ""): readonly string[] {
  if (!cell.includes("`")) return cell === "" ? [] : [cell];
  const marked = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
  return marked.map((text) => (text.startsWith("… ") ? (marked[0] ?? "").replace(/ \S+$/, text.slice(1)) : text));
}

function fieldsOf(cell = ""): readonly string[] {
  if (cell === "–" || cell.startsWith("– ")) return [];
  if (/^(?:each|that) /.test(cell)) return ["each"];
  return namesOf(cell.replaceAll(" · ", ", "));
}

function rowsOf(row: TableRow, endpointCell: string | undefined): readonly ErrorRow[] {
  const where = { group: groupOf(endpointCell), endpoints: endpointsOf(endpointCell) };
  const [cell = "", fieldCell = ""] = [row["Message"], row["Field"]];
  const [, silentText] = /^204, .* header `X-Error-Message: ([^`]+)`$/.exec(cell) ?? [];
  if (silentText !== undefined)
    return [{ ...where, status: 204, code: "", field: undefined, message: silentText, headers: ["X-Error-Message"] }];
  const [, status = "400", code = "validation_error"] = /^– \((\d+), (?:code )?`(\w+)`\)$/.exec(fieldCell) ?? [];
  const fields = fieldsOf(fieldCell);
  return texts(cell).map((message, at) => ({
    ...where,
    status: Number(status),
    code,
    field: fields[at] ?? fields[0],
    message,
    headers: headersOf(Number(status)),
  }));
}

function headersOf(status: number): readonly string[] {
  return status === 401 ? ["WWW-Authenticate"] : [];
}
